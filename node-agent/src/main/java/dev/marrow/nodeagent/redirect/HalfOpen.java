package dev.marrow.nodeagent.redirect;

import dev.marrow.linux.Netns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Connections that are still shaking hands when their listener closes. Two node proxies listen side
 * by side in a pod while one takes over from the other; with this setting the kernel hands such
 * connections to the one that stays instead of resetting them.
 */
final class HalfOpen {
  // Which namespace this file speaks of depends on the thread that opens it.
  private static final String MIGRATE = "sys/net/ipv4/tcp_migrate_req";

  /** In a container our own /proc/sys cannot be written; the node's can, where it is mounted. */
  private static final List<Path> PROC = List.of(Path.of("/proc"), Path.of("/host/proc"));

  private HalfOpen() {}

  /** Turns the hand-over on, where the kernel has it and lets us. */
  static void migrate(Netns pod) throws IOException {
    pod.call(() -> {
      for (Path proc : PROC) {
        Path setting = proc.resolve(MIGRATE);
        if (Files.isWritable(setting)) {
          Files.writeString(setting, "1");
          break;
        }
      }
      return true;
    });
  }
}
