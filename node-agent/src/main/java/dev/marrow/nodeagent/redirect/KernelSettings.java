package dev.marrow.nodeagent.redirect;

import dev.marrow.linux.Netns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a pod's kernel must do otherwise for redirection to lose nothing and to miss nothing. */
enum KernelSettings {
  /**
   * Two node proxies listen side by side in a pod while one takes over from the other. With this,
   * connections that are still shaking hands when their listener closes go to the one that stays.
   */
  HANDSHAKES_MOVE("net/ipv4/tcp_migrate_req", "1"),
  /**
   * A connection from before the rules has no entry in the table of connections, and must not get
   * one from a packet of its middle: the entry would linger, and the next connection from that port
   * would pass by the redirection, in plaintext.
   */
  NO_ENTRY_FROM_THE_MIDDLE("net/netfilter/nf_conntrack_tcp_loose", "0");

  // Which namespace these files speak of depends on the thread that opens them. In a container our
  // own /proc/sys cannot be written; the node's can, where it is mounted.
  private static final List<Path> PLACES = List.of(Path.of("/proc/sys"), Path.of("/host/proc/sys"));

  private final String file;
  private final String value;

  KernelSettings(String file, String value) {
    this.file = file;
    this.value = value;
  }

  /** Makes them, where the kernel has them and lets us. */
  static void make(Netns pod) throws IOException {
    pod.call(() -> {
      for (KernelSettings setting : values()) {
        setting.write();
      }
      return true;
    });
  }

  private void write() throws IOException {
    for (Path place : PLACES) {
      Path setting = place.resolve(file);
      if (Files.isWritable(setting)) {
        Files.writeString(setting, value);
        return;
      }
    }
  }
}
