package dev.marrow.nodeagent.cni;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the plugin, which puts a file into {@code requests} and waits for one of the same name in
 * {@code answers}. Only root can open the folder. A request that came while no agent ran is
 * answered by the next one.
 *
 * <p>Thread-safe. One platform thread looks for requests; each has a virtual thread of its own.
 */
public final class PluginRequests implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PluginRequests.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration FORGET = Duration.ofMinutes(2);
  private static final int AT_ONCE = 64;
  private static final long LONGEST = 64 << 10;

  /** Decides; an exception's message is what the plugin fails with. */
  public interface Doorman {
    void admit(PodNetwork pod) throws IOException, InterruptedException;
  }

  private final Path requests;
  private final Path answers;
  private final Doorman doorman;
  private final WatchService watch;
  private final Set<Path> taken = ConcurrentHashMap.newKeySet();
  private final Semaphore free = new Semaphore(AT_ONCE);
  private volatile boolean closed;

  private PluginRequests(Path exchange, Doorman doorman) throws IOException {
    this.requests = folder(exchange.resolve("requests"));
    this.answers = folder(exchange.resolve("answers"));
    this.doorman = doorman;
    this.watch = exchange.getFileSystem().newWatchService();
    requests.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
  }

  public static PluginRequests answer(Path exchange, Doorman doorman) throws IOException {
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    if (!Files.isDirectory(exchange)) {
      Files.createDirectories(exchange, owner);
    }
    Files.setPosixFilePermissions(exchange, PosixFilePermissions.fromString("rwx------"));
    var answering = new PluginRequests(exchange, doorman);
    Thread.ofPlatform().name("cni").daemon(true).start(answering::run);
    return answering;
  }

  private static Path folder(Path path) throws IOException {
    return Files.createDirectories(path);
  }

  private void run() {
    while (!closed) {
      try {
        look();
        WatchKey key = watch.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
      } catch (InterruptedException | ClosedWatchServiceException end) {
        return;
      } catch (IOException failure) {
        log.warn("requests of the CNI plugin: {}", failure.toString());
      }
    }
  }

  private void look() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(requests)) {
      for (Path file : files) {
        boolean whole = !file.getFileName().toString().startsWith(".");
        if (whole && !taken.contains(file) && free.tryAcquire()) {
          taken.add(file);
          Thread.ofVirtual().start(() -> serve(file));
        }
      }
    }
    forget();
  }

  private void serve(Path file) {
    try {
      String answer = decide(file);
      // Gone: the plugin gave up, and nobody would fetch the answer.
      if (Files.deleteIfExists(file)) {
        Path fresh = answers.resolve("." + file.getFileName());
        Files.writeString(fresh, answer + "\n");
        Files.move(fresh, answers.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException failure) {
      log.warn("answer to the CNI plugin: {}", failure.toString());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } finally {
      taken.remove(file);
      free.release();
    }
  }

  private String decide(Path file) throws IOException, InterruptedException {
    try {
      if (Files.size(file) > LONGEST) {
        throw new IOException("request: too long (expected: at most " + LONGEST + " bytes)");
      }
      doorman.admit(PodNetwork.parse(Files.readString(file)));
      return "ok";
    } catch (NoSuchFileException gone) {
      return "gone";
    } catch (IOException refusal) {
      log.warn("a pod's network is refused: {}", refusal.getMessage());
      return String.valueOf(refusal.getMessage()).replaceAll("[^ -~]|[\"\\\\]", " ");
    }
  }

  /** Answers nobody fetched, of plugins that were killed. */
  private void forget() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(answers)) {
      for (Path file : files) {
        long age = System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis();
        if (age > FORGET.toMillis()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException fetched) {
      log.debug("fetched meanwhile: {}", fetched.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    watch.close();
  }
}
