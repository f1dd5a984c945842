package dev.marrow.cli.drill;

import java.util.List;
import java.util.Map;

/**
 * What came of a drill.
 *
 * @param figures what was measured, in the order it was
 * @param trouble why it could not be done or was left out; empty otherwise
 * @param events what happened when
 */
public record Outcome(
    Drill drill,
    Verdict verdict,
    double seconds,
    List<Check> checks,
    Map<String, String> figures,
    String trouble,
    List<String> events) {
  public Outcome {
    checks = List.copyOf(checks);
    events = List.copyOf(events);
  }

  /** How it ended. */
  public enum Verdict {
    PASS,
    FAIL,
    /** This machine lacks something. */
    SKIP,
    /** The drill itself went wrong. */
    ERROR
  }

  /** One thing that had to hold. */
  public record Check(String name, String wanted, String measured, boolean holds) {}
}
