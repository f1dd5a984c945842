package dev.marrow.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a file has to be read again, found out without reading it: by its time of change, size
 * and inode, those of what it is a link to. So a file that is written, replaced, or changed by a
 * link further up, as a cluster changes mounted files, is noticed; one that stays costs a system
 * call. Confined to one thread at a time.
 */
public final class FileState {
  /**
   * Changes within one step of a file system's clock look alike; after so long, no more can come.
   */
  static final Duration SETTLED = Duration.ofSeconds(2);

  private final Path file;
  private final LongSupplier nanos;
  private @Nullable Stamp seen;
  private long seenNanos;

  private sealed interface Stamp {
    record Present(FileTime modified, long bytes, String inode) implements Stamp {}

    record Absent() implements Stamp {}
  }

  /**
   * Nothing is known of the file yet.
   *
   * @param nanos a clock as {@link System#nanoTime}
   */
  public FileState(Path file, LongSupplier nanos) {
    this.file = file;
    this.nanos = nanos;
  }

  /**
   * Whether the file may say something else than when this was asked before; true when nothing is
   * known.
   */
  public boolean mayHaveChanged() {
    Stamp now = stamp();
    if (!now.equals(seen)) {
      seen = now;
      seenNanos = nanos.getAsLong();
      return true;
    }
    return nanos.getAsLong() - seenNanos <= SETTLED.toNanos();
  }

  /** What was seen counts for nothing, because the file could not be read then. */
  public void forget() {
    seen = null;
  }

  private Stamp stamp() {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp.Present(
          attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
    } catch (IOException missing) {
      return new Stamp.Absent();
    }
  }
}
