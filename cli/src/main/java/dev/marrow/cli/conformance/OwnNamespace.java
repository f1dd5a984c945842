package dev.marrow.cli.conformance;

import dev.marrow.conformance.command.ReplayCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runs {@code conformance run --self} in a network namespace of its own: the ports of our proxies
 * are fixed, and nothing that they dial must leave the namespace. Without an endpoint, runs it in
 * the namespace of a pod of the running mesh.
 */
public final class OwnNamespace {
  private static final String INSIDE = "MARROW_CONFORMANCE_NAMESPACE";

  /** The mark of the proxy's own packets: they are not captured again. */
  static final int MARK = 1337;

  private static final int PLAINTEXT = 15006;

  private OwnNamespace() {}

  /** Whether this process is in a namespace made by {@link #rerun}. */
  static boolean isHere() {
    return System.getenv(INSIDE) != null;
  }

  /** Redirects what is dialled at {@code host}; the proxy's own dials reach the application. */
  static void capture(String host) throws IOException, InterruptedException {
    nft(
        """
        table ip kit {
          chain output {
            type nat hook output priority -100
            ip daddr %s meta mark %d dnat to 127.0.0.1
            ip daddr %s tcp dport 1-65535 redirect to :%d
          }
        }
        """
            .formatted(host, MARK, host, PLAINTEXT));
  }

  /** Drops both ways of the connection whose local port is given; none: drops no more. */
  static String vanish(Map<String, String> environment) throws IOException, InterruptedException {
    String port = environment.getOrDefault("KIT_PORT", "");
    String rules =
        port.isEmpty()
            ? ""
            : "tcp sport %d drop\n    tcp dport %d drop"
                .formatted(Integer.parseInt(port), Integer.parseInt(port));
    nft(
        """
        table ip kit-vanish
        flush table ip kit-vanish
        table ip kit-vanish {
          chain output {
            type filter hook output priority 0
            %s
          }
        }
        """
            .formatted(rules));
    return "";
  }

  private static void nft(String rules) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("nft", "-f", "-").redirectErrorStream(true).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(rules.getBytes(StandardCharsets.US_ASCII));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException("nft: " + said.lines().findFirst().orElse("failed"));
    }
  }

  /**
   * The exit code of the run elsewhere: in a namespace of its own for {@code --self}, in that of a
   * pod when no endpoint is named and a mesh runs. Empty when this process can do the work itself.
   */
  public static Optional<Integer> rerun(String[] args, String home) {
    if (isHere()) {
      return Optional.empty();
    }
    return elsewhere(meant(args), home);
  }

  // A replay is the run of its report; no word at all is a run where a mesh is found.
  static String[] meant(String[] args) {
    if (args.length == 1 && args[0].equals("conformance")) {
      return new String[] {"conformance", "run"};
    }
    boolean replay = args.length > 2 && args[0].equals("conformance") && args[1].equals("replay");
    if (!replay) {
      return args;
    }
    return ReplayCommand.meant(Arrays.asList(args).subList(2, args.length))
        .map(run -> Stream.concat(Stream.of("conformance"), run.stream()).toArray(String[]::new))
        .orElse(args);
  }

  private static Optional<Integer> elsewhere(String[] args, String home) {
    String launcher = Path.of(home, "bin", "marrow").toString();
    boolean self =
        args.length > 1 && args[0].equals("conformance") && Arrays.asList(args).contains("--self");
    if (self) {
      return Optional.of(self(args, launcher));
    }
    if (!RunningMesh.isMeant(args)) {
      return Optional.empty();
    }
    try {
      return RunningMesh.command(args, launcher, System.getenv())
          .map(command -> run(inside(command)));
    } catch (IOException e) {
      System.err.println("could not run: " + e.getMessage());
      return Optional.of(2);
    }
  }

  private static int self(String[] args, String launcher) {
    return BothProxies.areMeant(args)
        ? code(() -> BothProxies.run(args, launcher))
        : run(isolated(args, launcher));
  }

  /** What runs {@code args} in a namespace of its own, on our terminal. */
  static ProcessBuilder isolated(String[] args, String launcher) {
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
                launcher));
    command.addAll(Arrays.asList(args));
    return inside(command);
  }

  private static ProcessBuilder inside(List<String> command) {
    ProcessBuilder inside = new ProcessBuilder(command).inheritIO();
    inside.environment().put(INSIDE, "yes");
    return inside;
  }

  private static String noNamespace(IOException why) {
    return "could not run: no network namespace ("
        + why.getMessage()
        + "; expected: unshare, nsenter, ip)";
  }

  private static int run(ProcessBuilder inside) {
    return code(() -> inside.start().waitFor());
  }

  /** Something that runs elsewhere until it has an exit code. */
  private interface Running {
    int await() throws IOException, InterruptedException;
  }

  private static int code(Running running) {
    try {
      return running.await();
    } catch (IOException e) {
      System.err.println(noNamespace(e));
      return 2;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 2;
    }
  }
}
