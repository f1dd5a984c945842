package dev.marrow.linux;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * A listening {@code AF_UNIX}, {@code SOCK_SEQPACKET} socket, accessible to its owner only.
 *
 * <p>Thread-safe; {@link #close} ends a waiting {@link #accept}. Binding replaces the name at once,
 * so a new process takes over from an old one without a moment in which there is no socket; closing
 * removes the name only while it is still ours.
 */
public final class SeqPacketServer implements AutoCloseable {
  private static final int BACKLOG = 64;

  private final FileDescriptor fd;
  private final Path path;
  private final Object fileKey;
  private volatile boolean closing;

  private SeqPacketServer(FileDescriptor fd, Path path, Object fileKey) {
    this.fd = fd;
    this.path = path;
    this.fileKey = fileKey;
  }

  /** Listens at {@code path}, whose directory must exist. */
  public static SeqPacketServer bind(Path path) throws IOException {
    Path fresh =
        path.resolveSibling("." + path.getFileName() + "." + ProcessHandle.current().pid());
    FileDescriptor fd = FileDescriptor.own(Sockets.create());
    try {
      Files.deleteIfExists(fresh);
      fd.use(number -> {
        Sockets.bind(number, fresh);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
        Sockets.listen(number, BACKLOG);
        return number;
      });
      Object key = key(fresh);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new SeqPacketServer(fd, path, key);
    } catch (IOException | RuntimeException failure) {
      fd.close();
      Files.deleteIfExists(fresh);
      throw failure;
    }
  }

  private static Object key(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  /** Waits for the next connection. */
  public SeqPacketSocket accept(Duration timeout) throws IOException {
    var deadline = Deadline.in(timeout);
    return new SeqPacketSocket(FileDescriptor.own(fd.use(number -> accept(number, deadline))));
  }

  private Integer accept(int number, Deadline deadline) throws IOException {
    while (true) {
      try {
        return Sockets.accept(number);
      } catch (Errno failure) {
        if (closing) {
          // A listener that was shut down polls as ready and accepts with EAGAIN for ever.
          throw new ClosedChannelException();
        }
        if (failure.code() == Errno.EAGAIN) {
          Sockets.await(number, Sockets.POLLIN, deadline);
        } else if (failure.code() != Errno.EINTR) {
          throw failure;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (!fd.isOpen()) {
      return;
    }
    closing = true;
    fd.use(number -> {
      Sockets.shutdown(number);
      return number;
    });
    fd.close();
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && key(path).equals(fileKey)) {
      Files.deleteIfExists(path);
    }
  }
}
