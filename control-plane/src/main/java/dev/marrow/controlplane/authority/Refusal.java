package dev.marrow.controlplane.authority;

/** Why a caller or its request is refused, as the log and the metric name it. */
public enum Refusal {
  NO_CREDENTIALS,
  TOKEN_MALFORMED,
  TOKEN_UNKNOWN_KEY,
  TOKEN_SIGNATURE,
  TOKEN_EXPIRED,
  TOKEN_NOT_YET_VALID,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  TOKEN_SUBJECT,
  TOKEN_REVIEW,
  /** Nobody could be asked; the caller may try again. */
  TOKEN_REVIEW_UNAVAILABLE,
  CERTIFICATE,
  CSR_MALFORMED,
  IDENTITY_MALFORMED,
  IDENTITY_NOT_TRUSTED_ACCOUNT,
  IDENTITY_NOT_ON_NODE,
  IDENTITY_OTHER_TRUST_DOMAIN,
  VALIDITY;

  /** True where the fault is not the caller's. */
  public boolean ours() {
    return this == TOKEN_REVIEW_UNAVAILABLE;
  }
}
