package dev.marrow.identity.issue;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.issue.Issue.NotIssued;

/** What a caller who waits for a certificate gets when there is none. */
public final class CertificateUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  private final Issue.Reason reason;

  CertificateUnavailableException(SpiffeId id, NotIssued why) {
    // An expected outcome: no stack.
    super(
        "%s: no certificate: %s: %s".formatted(id, why.reason(), why.detail()), null, false, false);
    this.reason = why.reason();
  }

  public Issue.Reason reason() {
    return reason;
  }
}
