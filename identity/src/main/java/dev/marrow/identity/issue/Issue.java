package dev.marrow.identity.issue;

import dev.marrow.identity.WorkloadCertificate;

/** How asking for a certificate ended. */
public sealed interface Issue {
  /** Here it is, checked. */
  record Issued(WorkloadCertificate certificate) implements Issue {}

  /** There is none. */
  record NotIssued(Reason reason, String detail) implements Issue {
    /** Nobody was there: it says nothing about this identity. */
    boolean foundNobody() {
      return switch (reason) {
        case UNREACHABLE, TIMEOUT -> true;
        case BAD_CREDENTIALS,
            UNAUTHENTICATED,
            DENIED,
            BAD_ANSWER,
            REFUSED,
            NOT_OFFERED,
            TOO_MANY,
            CLOSED ->
            false;
      };
    }
  }

  /** Why there is no certificate. The names are the ones in logs and metrics. */
  enum Reason {
    /** A file of ours, a root or a token, is missing or malformed. */
    BAD_CREDENTIALS,
    /** The issuer does not know us (gRPC UNAUTHENTICATED). */
    UNAUTHENTICATED,
    /** The issuer knows us but does not let us have this identity. */
    DENIED,
    /** No connection, or its TLS failed. */
    UNREACHABLE,
    TIMEOUT,
    /** What came back is no certificate for this identity and key. */
    BAD_ANSWER,
    /** The issuer says that something else is wrong. */
    REFUSED,
    /** The source has certificates, but none for this identity. */
    NOT_OFFERED,
    /** More identities than the setting allows. */
    TOO_MANY,
    /** The source was closed, or the identity forgotten. */
    CLOSED
  }
}
