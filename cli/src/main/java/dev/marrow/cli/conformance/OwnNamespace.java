package dev.marrow.cli.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Runs {@code conformance run --self} in a network namespace of its own: the ports of our proxies
 * are fixed, and nothing that they dial must leave the namespace.
 */
public final class OwnNamespace {
  private static final String INSIDE = "MARROW_CONFORMANCE_NAMESPACE";

  private OwnNamespace() {}

  /** The exit code of the run inside, or empty when this process can do the work itself. */
  public static Optional<Integer> rerun(String[] args, String home) {
    boolean self =
        args.length > 1 && args[0].equals("conformance") && Arrays.asList(args).contains("--self");
    if (!self || System.getenv(INSIDE) != null) {
      return Optional.empty();
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--map-root-user",
                "--net",
                "--",
                "sh",
                "-c",
                "ip link set lo up && exec \"$0\" \"$@\"",
                Path.of(home, "bin", "marrow").toString()));
    command.addAll(Arrays.asList(args));
    ProcessBuilder inside = new ProcessBuilder(command).inheritIO();
    inside.environment().put(INSIDE, "yes");
    try {
      return Optional.of(inside.start().waitFor());
    } catch (IOException e) {
      System.err.println(
          "could not run: no network namespace (" + e.getMessage() + "; expected: unshare, ip)");
      return Optional.of(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(2);
    }
  }
}
