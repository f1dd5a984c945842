package dev.marrow.identity;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Whether a path that is valid otherwise has been taken back. Thread-safe; never blocks. */
@FunctionalInterface
public interface RevocationCheck {
  /** Takes nothing back. */
  RevocationCheck NONE = path -> Optional.empty();

  /**
   * The refusal, if a certificate of the path is revoked.
   *
   * @param path leaf first, root last, signatures already verified
   */
  Optional<Verdict.Refused> refusal(List<X509Certificate> path);
}
