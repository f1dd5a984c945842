package dev.marrow.waypoint.settings;

import java.util.List;

/** The program cannot start as it was told to; all reasons at once. */
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  public SettingsException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
