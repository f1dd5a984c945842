package dev.marrow.conformance;

/** What a check found. The text says what was observed, for a person. */
public sealed interface Verdict {
  String observed();

  /** The claim holds to the letter. */
  record Pass(String observed) implements Verdict {}

  /**
   * The claim holds in substance, for example refused but with another alert than the text names.
   */
  record Conceptual(String observed) implements Verdict {}

  /** The claim does not hold. */
  record Fail(String observed) implements Verdict {}

  /** The text leaves the choice open; this is what the target chose. */
  record Recorded(String observed) implements Verdict {}

  /** Not run: something needed was not given. */
  record Skip(String observed) implements Verdict {}

  /** Could not be judged: the positive control failed, or the kit itself did. */
  record Error(String observed) implements Verdict {}

  /** The word for the report: PASS, PASS*, FAIL, NOTE, SKIP, ERROR. */
  default String word() {
    return switch (this) {
      case Pass p -> "PASS";
      case Conceptual c -> "PASS*";
      case Fail f -> "FAIL";
      case Recorded r -> "NOTE";
      case Skip s -> "SKIP";
      case Error e -> "ERROR";
    };
  }
}
