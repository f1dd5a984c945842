package dev.marrow.identity;

/** Why a peer's certificate is not accepted. The names are the ones in logs and metrics. */
public enum PeerRefusal {
  /** It showed none. */
  NO_CERTIFICATE,
  /** Not exactly one DER certificate of version 3 with well-formed extensions. */
  MALFORMED,
  /** More certificates or bytes than we are willing to look at. */
  CHAIN_TOO_LARGE,
  /** No URI among the alternative names. */
  NO_SPIFFE_ID,
  /** More than one URI (X509-SVID §2). */
  SEVERAL_URIS,
  /** A URI that is no SPIFFE id of a workload (SPIFFE-ID §2, X509-SVID §3.1). */
  BAD_SPIFFE_ID,
  /** A signing certificate where a leaf belongs (X509-SVID §5.2). */
  SIGNING_LEAF,
  /** Leaf without digitalSignature (X509-SVID §4.3). */
  BAD_KEY_USAGE,
  /** Extended key usage present, but not for this role (X509-SVID §4.4). */
  BAD_EXTENDED_KEY_USAGE,
  EXPIRED,
  NOT_YET_VALID,
  /** We have no roots for the trust domain the leaf claims. */
  UNKNOWN_TRUST_DOMAIN,
  /** No path from the leaf to a root of its trust domain. */
  UNKNOWN_CA,
  BAD_SIGNATURE,
  /** A key or signature algorithm below what we accept (RFC 9325 §4.5). */
  WEAK_CRYPTO,
  /** An issuer on the path that may not issue: no CA, or without keyCertSign. */
  BAD_ISSUER,
  PATH_TOO_LONG,
  NAME_CONSTRAINTS,
  UNKNOWN_CRITICAL_EXTENSION,
  REVOKED,
  /** Nobody can say whether it is revoked, and the setting says that this refuses. */
  REVOCATION_UNKNOWN,
  /** Proven, but none of the identities that may be here. */
  IDENTITY_MISMATCH,
  /** The path breaks another rule of RFC 5280 §6. */
  INVALID_PATH
}
