package dev.marrow.ztunnel.settings;

import java.util.List;

/** Why the environment was refused: one line per setting, each with name, value, expectation. */
public final class InvalidSettings extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  InvalidSettings(List<String> problems) {
    super("settings refused:\n  " + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
