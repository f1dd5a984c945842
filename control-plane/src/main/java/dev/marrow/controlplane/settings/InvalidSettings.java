package dev.marrow.controlplane.settings;

import java.util.List;

/**
 * Everything that is wrong with the environment: name, value and what was expected, each a line.
 */
public final class InvalidSettings extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  InvalidSettings(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
