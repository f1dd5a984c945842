package dev.marrow.cli.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs {@code conformance run --self} in a network namespace of its own: the ports of our proxies
 * are fixed, and nothing that they dial must leave the namespace.
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
