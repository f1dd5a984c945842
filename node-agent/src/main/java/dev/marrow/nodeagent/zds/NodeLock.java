package dev.marrow.nodeagent.zds;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Sees to it that one agent works on a node: two of them would take each other's socket and rules.
 * A lock of the kernel on a file beside the socket, so that it ends with the process, however that
 * ends. Thread-safe.
 */
public final class NodeLock implements AutoCloseable {
  private final FileChannel file;

  private NodeLock(FileChannel file) {
    this.file = file;
  }

  /** Takes the node whose proxies connect to {@code socket}; fails if another agent has it. */
  public static NodeLock take(Path socket) throws IOException {
    Path path = Path.of(socket.toAbsolutePath() + ".lock");
    Files.createDirectories(path.resolveSibling("."));
    FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(file)) {
      file.close();
      throw new IOException(
          "%s: another node agent works on this node, perhaps of a second installation (expected: one)"
              .formatted(path));
    }
    return new NodeLock(file);
  }

  private static boolean locked(FileChannel file) throws IOException {
    try {
      FileLock lock = file.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException another) {
      return false;
    }
  }

  /** The file stays: to delete it would let two agents lock two files of one name. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
