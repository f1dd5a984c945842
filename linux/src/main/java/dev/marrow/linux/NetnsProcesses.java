package dev.marrow.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Finds, through {@code /proc}, who is in a network namespace. */
public final class NetnsProcesses {
  private NetnsProcesses() {}

  /**
   * Process ids, in no order. Processes that end meanwhile or may not be looked at are left out.
   */
  public static long[] in(FileIdentity netns) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'))
          .mapToLong(Long::parseLong)
          .filter(pid -> isIn(pid, netns))
          .toArray();
    }
  }

  private static boolean isIn(long pid, FileIdentity netns) {
    try (var fd = FileDescriptor.open(Path.of("/proc", Long.toString(pid), "ns", "net"))) {
      return fd.identity().equals(netns);
    } catch (IOException goneOrForbidden) {
      return false;
    }
  }
}
