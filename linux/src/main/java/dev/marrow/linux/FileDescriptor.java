package dev.marrow.linux;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open file descriptor and the duty to close it, exactly once.
 *
 * <p>Thread-safe: the number is only handed out inside {@link #use}, and {@link #close} takes
 * effect when the last user has left, so no call can hit a number the kernel has given to somebody
 * else meanwhile. A descriptor that becomes unreachable without close is closed and logged.
 */
public final class FileDescriptor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileDescriptor.class);
  private static final Cleaner CLEANER = Cleaner.create();

  private final Ownership ownership;
  private final Cleaner.Cleanable onLeak;

  private FileDescriptor(int fd) {
    this.ownership = new Ownership(fd);
    this.onLeak = CLEANER.register(this, ownership::leaked);
  }

  /** Takes over a number nobody else will close. */
  public static FileDescriptor own(int fd) {
    if (fd < 0) {
      throw new IllegalArgumentException("fd: %d (expected: >= 0)".formatted(fd));
    }
    return new FileDescriptor(fd);
  }

  /** Opens a file for reading, with CLOEXEC. */
  public static FileDescriptor open(Path path) throws Errno {
    return new FileDescriptor(Descriptors.open(path.toString()));
  }

  /** A call that needs the number. */
  @FunctionalInterface
  public interface Use<T> {
    T apply(int fd) throws IOException;
  }

  /** Runs {@code call} with the number, which stays valid until the call returns. */
  public <T> T use(Use<T> call) throws IOException {
    if (!ownership.enter()) {
      throw new ClosedChannelException();
    }
    try {
      return call.apply(ownership.fd);
    } finally {
      ownership.leave();
    }
  }

  /** A second descriptor of the same open file, owned by the caller. */
  public FileDescriptor duplicate() throws IOException {
    return use(fd -> new FileDescriptor(Descriptors.duplicate(fd)));
  }

  public FileIdentity identity() throws IOException {
    return use(Descriptors::identity);
  }

  public boolean isOpen() {
    return !ownership.closed();
  }

  @Override
  public void close() {
    ownership.close();
    onLeak.clean();
  }

  @Override
  public String toString() {
    return "fd " + ownership.fd + (isOpen() ? "" : " (closed)");
  }

  /**
   * Number of users; the sign bit says that no more may enter. Whoever brings it to CLOSED closes.
   */
  private static final class Ownership {
    private static final int CLOSED = Integer.MIN_VALUE;
    private final int fd;
    private final AtomicInteger users = new AtomicInteger();

    Ownership(int fd) {
      this.fd = fd;
    }

    boolean enter() {
      for (int now = users.get(); now >= 0; now = users.get()) {
        if (users.compareAndSet(now, now + 1)) {
          return true;
        }
      }
      return false;
    }

    void leave() {
      if (users.decrementAndGet() == CLOSED) {
        Descriptors.close(fd);
      }
    }

    boolean closed() {
      return users.get() < 0;
    }

    void close() {
      int before = users.getAndUpdate(now -> now | CLOSED);
      if (before == 0) {
        Descriptors.close(fd);
      }
    }

    void leaked() {
      if (!closed()) {
        LOG.warn("fd {} was never closed; closed now", fd);
        close();
      }
    }
  }
}
