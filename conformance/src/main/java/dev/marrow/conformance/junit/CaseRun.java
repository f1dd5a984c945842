package dev.marrow.conformance.junit;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.run.Runner;
import java.util.List;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** One case against one endpoint. */
public final class CaseRun {
  private final Case subject;
  private final PeerUnderTest peer;
  private final boolean floods;

  CaseRun(Case subject, PeerUnderTest peer, boolean floods) {
    this.subject = subject;
    this.peer = peer;
    this.floods = floods;
  }

  /** Runs the case: returns when it passed, aborts the test when it could not be run. */
  public void check() {
    Runner runner = new Runner(peer.target(), peer.credentials(), peer.backend(), floods, 1);
    Result result = runner.run(List.of(subject), each -> {}).getFirst();
    switch (result.verdict()) {
      case Verdict.Pass p -> {}
      case Verdict.Conceptual c -> {}
      case Verdict.Recorded r -> {}
      case Verdict.Skip s -> throw new TestAbortedException(s.observed());
      case Verdict.Fail f -> throw new AssertionFailedError(explain(f.observed()));
      case Verdict.Error e -> throw new AssertionFailedError(explain(e.observed()));
    }
  }

  private String explain(String observed) {
    return "%s %s: %s (%s)"
        .formatted(subject.id(), subject.info().title(), observed, subject.info().source());
  }

  @Override
  public String toString() {
    return subject.id() + " " + subject.info().title();
  }
}
