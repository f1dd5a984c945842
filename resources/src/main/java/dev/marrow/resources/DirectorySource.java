package dev.marrow.resources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories of YAML as a source of objects; later directories lie above earlier ones. Every
 * {@code *.yaml} and {@code *.yml} counts, except hidden files; who wants a change to be seen at
 * once and whole writes a hidden file and renames it. A file that cannot be read is a {@link
 * Problem} and what was good of it stays.
 *
 * <p>Thread-safe: one virtual thread watches, reads and publishes; the snapshot is one volatile
 * field.
 */
public final class DirectorySource implements ResourceSource {
  private static final Logger log = LoggerFactory.getLogger(DirectorySource.class);

  /** What a file looked like when it was last read. */
  private record Stamp(FileTime modified, long size, Object fileKey) {
    static Stamp of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      Object key = now.fileKey();
      return new Stamp(now.lastModifiedTime(), now.size(), key == null ? "" : key);
    }
  }

  private final List<Path> directories;
  private final Duration rescan;
  private final YamlFile reader;
  private final DirectoryWatch watch;
  private final Layers layers = new Layers();
  private final Map<Path, Stamp> stamps = new HashMap<>();
  private final Map<Path, Problem> bad = new HashMap<>();
  private final Map<ObjectKey, List<Problem>> duplicates = new HashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile ResourceSnapshot snapshot = ResourceSnapshot.empty();
  private volatile boolean closed;

  private DirectorySource(List<Path> directories, Duration rescan, FileLimits limits)
      throws IOException {
    this.directories = directories.stream().map(Path::toAbsolutePath).map(Path::normalize).toList();
    this.rescan = rescan;
    this.reader = new YamlFile(limits);
    this.watch = new DirectoryWatch(this.directories);
    this.thread = Thread.ofVirtual().name("directory-source").unstarted(this::run);
  }

  /** Reads the directories, then watches them. The first snapshot is there on return. */
  public static DirectorySource watch(List<Path> directories) throws IOException {
    return watch(directories, Duration.ofSeconds(5), FileLimits.standard());
  }

  /**
   * The same with its settings.
   *
   * @param rescan how often everything is looked at, in case the system lost events
   */
  public static DirectorySource watch(List<Path> directories, Duration rescan, FileLimits limits)
      throws IOException {
    if (directories.isEmpty()) {
      throw new IllegalArgumentException("directories: none (expected: >= 1)");
    }
    DirectorySource source = new DirectorySource(directories, rescan, limits);
    source.watch.register();
    source.readAll();
    source.thread.start();
    return source;
  }

  @Override
  public ResourceSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      watch.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run() {
    long nextScan = System.nanoTime() + rescan.toNanos();
    while (!closed) {
      try {
        DirectoryWatch.Changes changes = watch.await(rescan);
        boolean due = System.nanoTime() - nextScan >= 0;
        if (watch.register() || due || changes.all()) {
          nextScan = System.nanoTime() + rescan.toNanos();
          read(list(), changes.files());
        } else if (!changes.files().isEmpty()) {
          read(changes.files(), changes.files());
        }
      } catch (InterruptedException | ClosedWatchServiceException e) {
        return;
      } catch (IOException | RuntimeException e) {
        log.error("objects of {} not read", directories, e);
      }
    }
  }

  private void readAll() throws IOException {
    read(list(), Set.of());
  }

  private Set<Path> list() throws IOException {
    // What was known and is gone has to be looked at as well.
    Set<Path> files = new LinkedHashSet<>(stamps.keySet());
    for (Path directory : directories) {
      if (Files.isDirectory(directory)) {
        try (Stream<Path> entries = Files.list(directory)) {
          entries.filter(DirectorySource::counts).sorted().forEach(files::add);
        }
      }
    }
    return files;
  }

  private static boolean counts(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
  }

  /** Reads those of {@code files} that differ, and {@code certainly} in any case. */
  private void read(Set<Path> files, Set<Path> certainly) {
    Set<ObjectKey> touched = new LinkedHashSet<>();
    int problems = bad.hashCode();
    for (Path file : files) {
      if (counts(file)) {
        touched.addAll(readFile(file, certainly.contains(file)));
      }
    }
    if (!touched.isEmpty() || problems != bad.hashCode()) {
      publish(touched);
    }
  }

  private Set<ObjectKey> readFile(Path file, boolean certainly) {
    int directory = directories.indexOf(file.getParent());
    try {
      Stamp stamp = Stamp.of(file);
      if (!certainly && stamp.equals(stamps.get(file))) {
        return Set.of();
      }
      stamps.put(file, stamp);
      return switch (reader.read(file)) {
        case YamlFile.Result.Objects(List<KubeObject> objects) -> {
          bad.remove(file);
          yield layers.put(directory, file.toString(), objects);
        }
        case YamlFile.Result.Bad(Problem problem) -> reject(file, problem);
      };
    } catch (NoSuchFileException e) {
      stamps.remove(file);
      bad.remove(file);
      return layers.remove(directory, file.toString());
    } catch (IOException e) {
      return reject(file, new Problem(new Origin(file.toString(), 0), "file: " + e));
    }
  }

  private Set<ObjectKey> reject(Path file, Problem problem) {
    if (!problem.equals(bad.put(file, problem))) {
      log.warn("{} (what was good of the file stays)", problem);
    }
    return Set.of();
  }

  private void publish(Set<ObjectKey> touched) {
    ResourceSnapshot before = snapshot;
    List<KubeObject> changed = new ArrayList<>();
    List<ObjectKey> removed = new ArrayList<>();
    for (ObjectKey key : touched) {
      layers
          .resolve(key)
          .ifPresentOrElse(
              object -> {
                if (differs(before, object)) {
                  changed.add(object);
                }
              },
              () -> removed.add(key));
      List<Problem> hidden = List.copyOf(layers.duplicates(List.of(key)));
      if (hidden.isEmpty()) {
        duplicates.remove(key);
      } else {
        duplicates.put(key, hidden);
      }
    }
    List<Problem> problems = new ArrayList<>(bad.values());
    duplicates.values().forEach(problems::addAll);
    snapshot = before.with(changed, removed, problems);
    listeners.forEach(Runnable::run);
  }

  private static boolean differs(ResourceSnapshot before, KubeObject object) {
    return before.get(object.key()).filter(object::equals).isEmpty();
  }
}
