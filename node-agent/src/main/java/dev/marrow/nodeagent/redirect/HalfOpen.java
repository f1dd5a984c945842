package dev.marrow.nodeagent.redirect;

import dev.marrow.linux.Netns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Connections that are still shaking hands when their listener closes. Two node proxies listen side
 * by side in a pod while one takes over from the other; with this setting the kernel hands such
 * connections to the one that stays instead of resetting them.
 */
final class HalfOpen {
  // Which namespace this file speaks of depends on the thread that opens it.
  private static final Path MIGRATE = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");

  private HalfOpen() {}

  /** Turns the hand-over on, where the kernel has it and lets us. */
  static void migrate(Netns pod) throws IOException {
    pod.call(() -> {
      if (Files.isWritable(MIGRATE)) {
        Files.writeString(MIGRATE, "1");
      }
      return true;
    });
  }
}
