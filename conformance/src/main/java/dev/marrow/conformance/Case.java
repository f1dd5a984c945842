package dev.marrow.conformance;

import dev.marrow.conformance.run.Bench;
import java.io.IOException;

/** A claim and the way to check it. */
public record Case(CaseInfo info, Body body) {
  /** Checks the claim once. May use anything of the bench; the bench closes what was opened. */
  @FunctionalInterface
  public interface Body {
    Verdict check(Bench bench) throws IOException, InterruptedException;
  }

  public String id() {
    return info.id();
  }
}
