package dev.marrow.it.kubernetes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The cluster that {@code KUBECONFIG} names, through kubectl ({@code MARROW_KUBECTL} if it is not
 * on the path). Images have the names that {@code ./marrow images} gives them.
 */
final class Cluster {
  private static final Map<String, String> ENVIRONMENT = System.getenv();
  private static final String SCRIPT = "integration-tests/kubernetes/cluster";
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  private Cluster() {}

  static boolean given() {
    return ENVIRONMENT.containsKey("MARROW_TEST_KUBERNETES");
  }

  static Path kubeconfig() {
    return Path.of(ENVIRONMENT.getOrDefault("KUBECONFIG", ""));
  }

  static Path chart() {
    return Path.of(System.getProperty("marrow.home", ".."), "charts", "marrow");
  }

  static int requestsPerSecond() {
    return Integer.parseInt(ENVIRONMENT.getOrDefault("MARROW_TEST_RPS", "500"));
  }

  /** What kubectl says; fails with it if it ends badly. */
  static String kubectl(String... arguments) throws IOException {
    return call("", arguments);
  }

  static void apply(String yaml) throws IOException {
    call(yaml, "apply", "-f", "-");
  }

  /** Whether the cluster was made for these tests, so that its machines may be broken. */
  static boolean ours() {
    return ENVIRONMENT.containsKey("MARROW_TEST_CLUSTER");
  }

  /** Does something to the machines of a cluster that is ours: see the script. */
  static void machines(String command, String... arguments) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("marrow.home", ".."), SCRIPT).toString());
    words.add(command);
    words.add(ENVIRONMENT.getOrDefault("MARROW_TEST_CLUSTER", ""));
    words.addAll(Arrays.asList(arguments));
    run("", words);
  }

  private static String call(String input, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(ENVIRONMENT.getOrDefault("MARROW_KUBECTL", "kubectl").split(" ")));
    command.addAll(Arrays.asList(arguments));
    return run(input, command);
  }

  private static String run(String input, List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stop);
    }
    return said;
  }

  static String resource(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/kubernetes", name));
  }

  /** One field of objects, by kubectl's JSONPath. */
  static String field(String namespace, String kind, String path) throws IOException {
    return kubectl("-n", namespace, "get", kind, "-o", "jsonpath=" + path).strip();
  }

  static void rolledOut(String namespace, String what) throws IOException {
    kubectl("-n", namespace, "rollout", "status", what, "--timeout=95s");
  }

  static void until(String what, Duration patience, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within %d s: %s".formatted(patience.toSeconds(), what));
      }
      LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
    }
  }
}
