package dev.marrow.conformance.run;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.wire.Alert;
import dev.marrow.conformance.wire.TlsOffer;
import java.util.Arrays;

/**
 * Turns attempts into verdicts: what counts as accepted, what as refused. Pure but for the positive
 * control.
 */
public final class Judge {
  private Judge() {}

  /** Accepted: 200 and our nonce back from the application. */
  public static Verdict accepted(Attempt attempt) {
    return attempt.echoed()
        ? new Verdict.Pass(attempt.how())
        : new Verdict.Fail("not accepted: " + attempt.how());
  }

  /**
   * Refused: no 2xx, the connection gone, and the application saw nothing. With an alert that the
   * text names it is a pass, with another one, or none, a conceptual pass.
   */
  public static Verdict refused(Attempt attempt, Alert... named) {
    if (attempt.echoed()) {
      return new Verdict.Fail("accepted: the nonce came back from the application");
    }
    if (attempt.reachedApplication()) {
      return new Verdict.Fail(
          "the application saw a connection, though the client got: " + attempt.how());
    }
    if (attempt.status().isPresent() && attempt.status().get() / 100 == 2) {
      return new Verdict.Fail("answered %d".formatted(attempt.status().get()));
    }
    if (!attempt.closed() && attempt.status().isEmpty()) {
      return new Verdict.Fail(
          "neither served nor closed within %d ms: %s"
              .formatted(attempt.took().toMillis(), attempt.how()));
    }
    boolean asNamed =
        attempt.alert().isPresent() && Arrays.asList(named).contains(attempt.alert().get());
    if (named.length == 0 || asNamed) {
      return new Verdict.Pass("refused: " + attempt.how());
    }
    return new Verdict.Conceptual(
        "refused, but with: %s (the text names %s)"
            .formatted(attempt.how(), Arrays.toString(named)));
  }

  /**
   * Runs a good attempt first, so that a target which refuses everything cannot pass, then judges
   * {@code offer}.
   */
  public static Verdict refusedAfterControl(Bench bench, TlsOffer offer, Alert... named) {
    Attempt control = bench.attempt(bench.offer());
    if (!control.echoed()) {
      return new Verdict.Error("positive control failed: " + control.how());
    }
    bench.transcript().add("positive control passed");
    return refused(bench.attempt(offer), named);
  }
}
