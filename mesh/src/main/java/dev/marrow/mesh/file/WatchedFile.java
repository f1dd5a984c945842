package dev.marrow.mesh.file;

import dev.marrow.identity.FileState;
import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.PublishedMesh;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link LocalFile} that is read again whenever its content is another. A file that cannot be
 * read, or is wrong, leaves what was known before, with a line in the log. Thread-safe: one thread
 * of its own makes the changes and calls the listeners.
 */
public final class WatchedFile extends PublishedMesh implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

  private final Path path;
  private final FileState state;
  private final FolderEvents events;
  private String text;
  private MeshDelta contents;

  private WatchedFile(Path path, String text, LocalFile first, Timing timing) {
    super(first.current());
    this.path = path;
    this.text = text;
    this.contents = first.contents();
    this.state = new FileState(path, timing.nanos());
    this.events = FolderEvents.around(path, timing.atLeastEvery());
  }

  /**
   * When it looks.
   *
   * @param atLeastEvery also without an event: a link may lead to a folder that is not watched
   * @param nanos the time
   */
  record Timing(Duration atLeastEvery, LongSupplier nanos) {}

  /**
   * Reads the file, and reads it again when something changes in its folder, or when it is seen,
   * each {@code period}, to have changed.
   *
   * @throws LocalFileException if it is wrong from the start
   */
  public static WatchedFile open(Path path, Duration period)
      throws IOException, LocalFileException {
    WatchedFile file = read(path, new Timing(period, System::nanoTime));
    Thread.ofVirtual().name("mesh-file").start(file::follow);
    return file;
  }

  /** Reads the file; whoever calls this says when to {@link #look}. */
  static WatchedFile read(Path path, Timing timing) throws IOException, LocalFileException {
    String text = Files.readString(path);
    return new WatchedFile(path, text, LocalFile.parse(path.toString(), text), timing);
  }

  private void follow() {
    try {
      while (events.await()) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void look() {
    if (!state.mayHaveChanged()) {
      return;
    }
    try {
      String now = Files.readString(path);
      if (now.equals(text)) {
        return;
      }
      text = now; // whatever is wrong with it is said once
      publish(LocalFile.parse(path.toString(), now).contents());
    } catch (IOException e) {
      state.forget();
      warn(e);
    } catch (LocalFileException e) {
      warn(e);
    } catch (RuntimeException e) {
      // The end of a turn of the thread: a mistake of ours must not end the watch.
      LOG.error("mesh file: a change was not taken over everywhere", e);
    }
  }

  private static void warn(Exception e) {
    LOG.warn("mesh file not used, what was known stays: {}", e.getMessage());
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
    events.close();
  }
}
