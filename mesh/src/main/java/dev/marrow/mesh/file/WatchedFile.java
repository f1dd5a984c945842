package dev.marrow.mesh.file;

import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.PublishedMesh;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link LocalFile} that is read again whenever its content is another. A file that cannot be
 * read, or is wrong, leaves what was known before, with a line in the log. Thread-safe: one thread
 * of its own makes the changes and calls the listeners.
 */
public final class WatchedFile extends PublishedMesh implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

  /**
   * Changes within one step of a file system's clock look alike; after so long, no more can come.
   */
  private static final long SETTLED_NANOS = Duration.ofSeconds(2).toNanos();

  private final Path path;
  private final CountDownLatch closed = new CountDownLatch(1);
  private String text;
  private MeshDelta contents;
  private @Nullable Stamp seen;
  private long seenNanos;

  /** What tells one state of the file from another without reading it. */
  private record Stamp(FileTime modified, long bytes, String inode) {
    static Stamp of(Path path) throws IOException {
      var attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(
          attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
    }
  }

  private WatchedFile(Path path, String text, LocalFile first) {
    super(first.current());
    this.path = path;
    this.text = text;
    this.contents = first.contents();
  }

  /**
   * Reads the file and looks at it each {@code period} from then on.
   *
   * @throws LocalFileException if it is wrong from the start
   */
  public static WatchedFile open(Path path, Duration period)
      throws IOException, LocalFileException {
    String text = Files.readString(path);
    WatchedFile file = new WatchedFile(path, text, LocalFile.parse(path.toString(), text));
    Thread.ofVirtual().name("mesh-file").start(() -> file.follow(period));
    return file;
  }

  private void follow(Duration period) {
    try {
      while (!closed.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      if (untouched(Stamp.of(path))) {
        return;
      }
      String now = Files.readString(path);
      if (now.equals(text)) {
        return;
      }
      text = now; // whatever is wrong with it is said once
      publish(LocalFile.parse(path.toString(), now).contents());
    } catch (IOException | LocalFileException e) {
      LOG.warn("mesh file not used, what was known stays: {}", e.getMessage());
    }
  }

  private boolean untouched(Stamp now) {
    if (!now.equals(seen)) {
      seen = now;
      seenNanos = System.nanoTime();
      return false;
    }
    return System.nanoTime() - seenNanos > SETTLED_NANOS;
  }

  private void publish(MeshDelta next) {
    MeshDelta delta =
        new MeshDelta(
            gone(contents.workloads(), next.workloads(), Workload::uid),
            gone(contents.services(), next.services(), Service::key),
            gone(contents.policies(), next.policies(), Policy::fullName),
            changed(contents.workloads(), next.workloads()),
            changed(contents.services(), next.services()),
            changed(contents.policies(), next.policies()));
    contents = next;
    advance(delta);
  }

  private static <T, K> Set<K> gone(List<T> before, List<T> after, Function<T, K> name) {
    Set<K> names = before.stream().map(name).collect(Collectors.toCollection(HashSet::new));
    after.stream().map(name).forEach(names::remove);
    return names;
  }

  private static <T> List<T> changed(List<T> before, List<T> after) {
    Set<T> known = Set.copyOf(before);
    return after.stream().filter(each -> !known.contains(each)).toList();
  }

  /** Looks no more; what was known stays. */
  @Override
  public void close() {
    closed.countDown();
  }
}
