package dev.marrow.nodeagent.settings;

import java.util.List;

/** Everything that is wrong with the environment. */
public final class InvalidSettings extends Exception {
  private static final long serialVersionUID = 1;

  InvalidSettings(List<String> problems) {
    super(String.join("\n", problems));
  }
}
