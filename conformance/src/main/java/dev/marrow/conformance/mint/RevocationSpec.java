package dev.marrow.conformance.mint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes into a certificate revocation list. Starts as a good one without entries; each method
 * changes one thing and returns this. Not thread-safe.
 */
public final class RevocationSpec {
  final List<byte[]> certificates = new ArrayList<>();
  Duration thisUpdate = Duration.ofMinutes(-5);
  Duration nextUpdate = Duration.ofHours(1);
  int fillers;

  private RevocationSpec() {}

  public static RevocationSpec empty() {
    return new RevocationSpec();
  }

  /** Lists a certificate, DER. */
  public RevocationSpec revoked(byte[] certificate) {
    certificates.add(certificate.clone());
    return this;
  }

  /** Validity, counted from now. */
  public RevocationSpec valid(Duration from, Duration until) {
    thisUpdate = from;
    nextUpdate = until;
    return this;
  }

  /** Lists so many serial numbers that nobody has. */
  public RevocationSpec fillers(int count) {
    fillers = count;
    return this;
  }
}
