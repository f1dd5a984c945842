package dev.marrow.conformance.policy;

import dev.marrow.conformance.run.Hooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Puts policies in force at a target through its hook {@code policy}; on close there are none. Used
 * by one thread.
 */
public final class Enforcement implements AutoCloseable {
  private static final AtomicInteger GENERATIONS = new AtomicInteger();

  private final Hooks hooks;
  private final String namespace;
  private final Path folder;

  private Enforcement(Hooks hooks, String namespace, Path folder) {
    this.hooks = hooks;
    this.namespace = namespace;
    this.folder = folder;
  }

  /** For the workload of a target, in its {@code namespace}. */
  public static Enforcement open(Hooks hooks, String namespace) throws IOException {
    return new Enforcement(hooks, namespace, Files.createTempDirectory("conformance-policies"));
  }

  /** These instead of those before; returns when they are in force. */
  public void apply(List<Policy> policies) throws IOException, InterruptedException {
    String generation = "kit-generation-" + GENERATIONS.incrementAndGet();
    List<Policy> all = new ArrayList<>(policies);
    // Matches nobody: whoever waits for this name knows that the others are there too.
    all.add(
        Policy.deny(
            generation,
            Match.EMPTY.with(
                Attribute.PRINCIPALS, Pattern.exact("nobody.invalid/ns/kit/sa/" + generation))));
    write("objects.yaml", PolicyFiles.objects(namespace, all));
    write("local.yaml", PolicyFiles.local(namespace, all));
    write("waypoint.yaml", "[]");
    run(generation);
  }

  /** The same for policies on requests, which only a proxy of layer 7 can enforce. */
  public void applyRequests(List<RequestPolicy> policies) throws IOException, InterruptedException {
    String generation = "kit-generation-" + GENERATIONS.incrementAndGet();
    List<RequestPolicy> all = new ArrayList<>(policies);
    all.add(RequestPolicy.method(generation, "KIT-" + generation));
    write("objects.yaml", RequestPolicy.objects(namespace, all));
    write("local.yaml", PolicyFiles.local(namespace, List.of()));
    write("waypoint.yaml", RequestPolicy.waypoint(namespace, all));
    run(generation);
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private void run(String generation) throws IOException, InterruptedException {
    hooks.run("policy", Map.of("KIT_POLICIES", folder.toString(), "KIT_GENERATION", generation));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try {
      apply(List.of());
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }
}
