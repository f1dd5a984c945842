package dev.marrow.controlplane.status;

import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Statuses as JSON files, {@code Kind.namespace.name.json}, and {@code problems.json}. Thread-safe:
 * a thread of its own writes; of several statuses of one object only the newest is written.
 */
public final class StatusFiles implements StatusWriter, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusFiles.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final String PROBLEMS = "problems.json";

  private final Path directory;
  private final Clock clock;
  private final Map<String, JsonNode> waiting = new LinkedHashMap<>();
  // Written before, to know when a condition became what it is.
  private final Map<String, JsonNode> written = new HashMap<>();
  private final Thread thread;
  private boolean closed;

  /** Starts with an empty directory: what is true now is written anew. */
  public StatusFiles(Path directory, Clock clock) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.clock = clock;
    remember();
    this.thread = Thread.ofVirtual().name("status").start(this::run);
  }

  private void remember() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".json") && !name.equals(PROBLEMS)) {
          written.put(name, JSON.readTree(Files.readString(file)));
          Files.delete(file);
        }
      }
    } catch (JacksonException e) {
      log.warn("statuses of an earlier run not read: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void write(Collection<ObjectStatus> put, Collection<ObjectKey> removed) {
    removed.forEach(key -> waiting.put(name(key), MissingNode.getInstance()));
    put.forEach(status -> waiting.put(name(status.key()), status.status()));
    notifyAll();
  }

  @Override
  public synchronized void problems(List<Problem> problems) {
    ArrayNode list = JSON.createArrayNode();
    for (Problem problem : problems) {
      list.addObject()
          .put("file", problem.origin().source())
          .put("line", problem.origin().line())
          .put("reason", problem.reason());
    }
    waiting.put(PROBLEMS, list);
    notifyAll();
  }

  /** Of a kind that carries its group, the dots are written as {@code ~}. */
  private static String name(ObjectKey key) {
    return "%s.%s.%s.json".formatted(key.kind().replace('.', '~'), key.namespace(), key.name());
  }

  private void run() {
    while (true) {
      Map<String, JsonNode> batch = take();
      if (batch.isEmpty()) {
        return;
      }
      batch.forEach(this::put);
    }
  }

  private synchronized Map<String, JsonNode> take() {
    try {
      while (waiting.isEmpty() && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      return Map.of();
    }
    Map<String, JsonNode> batch = new LinkedHashMap<>(waiting);
    waiting.clear();
    return batch;
  }

  private void put(String name, JsonNode status) {
    Path file = directory.resolve(name);
    try {
      if (status.isMissingNode()) {
        written.remove(name);
        Files.deleteIfExists(file);
        return;
      }
      JsonNode before = Optional.ofNullable(written.get(name)).orElse(MissingNode.getInstance());
      JsonNode timed = Transitions.timed(status, before, clock.instant());
      written.put(name, timed);
      Path hidden = directory.resolve("." + name + ".new");
      Files.writeString(hidden, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(timed));
      Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.error("status {} not written", file, e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    thread.interrupt();
  }
}
