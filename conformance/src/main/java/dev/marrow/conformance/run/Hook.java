package dev.marrow.conformance.run;

import java.io.IOException;
import java.util.Map;

/**
 * Something that only the owner of a target can do: a shell command of a target file, or code of
 * whoever uses the kit as a library.
 */
@FunctionalInterface
public interface Hook {
  /**
   * Does it, and returns when it is in force.
   *
   * @param environment what to do it with, names as {@link Hooks} documents them
   * @return what it printed; only some hooks are asked for something
   * @throws IOException when it could not be done
   */
  String run(Map<String, String> environment) throws IOException, InterruptedException;

  /** A command of {@code sh}, which finds {@code environment} among its variables. */
  static Hook shell(String command) {
    return new ShellHook(command);
  }
}
