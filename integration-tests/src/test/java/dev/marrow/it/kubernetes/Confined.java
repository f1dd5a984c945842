package dev.marrow.it.kubernetes;

import com.github.dockerjava.api.model.Capability;
import java.util.List;
import org.testcontainers.containers.GenericContainer;

/**
 * A program and what it may do in its container.
 *
 * @param user as the image says it: user and group
 * @param rights the only capabilities it has
 * @param port where it answers
 * @param path what it answers there when it is ready
 */
record Confined(String name, String user, List<Capability> rights, int port, String path) {
  static final Confined SHOP = new Confined("shop", "1337:1337", List.of(), 8080, "/healthz");
  static final Confined CONTROL_PLANE = serving("control-plane");
  static final Confined WAYPOINT = serving("waypoint");
  static final Confined ZTUNNEL =
      new Confined(
          "ztunnel",
          "0:1337",
          List.of(Capability.NET_ADMIN, Capability.SYS_ADMIN, Capability.NET_RAW),
          15021,
          "/healthz/ready");
  static final Confined NODE_AGENT =
      new Confined(
          "node-agent",
          "0:0",
          List.of(
              Capability.NET_ADMIN,
              Capability.NET_RAW,
              Capability.SYS_ADMIN,
              Capability.SYS_PTRACE,
              Capability.DAC_OVERRIDE),
          15022,
          "/healthz/ready");

  Confined {
    rights = List.copyOf(rights);
  }

  private static Confined serving(String name) {
    return new Confined(name, "1337:1337", List.of(), 15021, "/healthz/ready");
  }

  /** What the kernel would say of a first process that is confined like this. */
  Seen expected() {
    long mask = 0;
    for (Capability right : rights) {
      mask |= 1L << number(right);
    }
    return new Seen(user, mask, true);
  }

  /**
   * What the kernel says of the first process.
   *
   * @param capabilities a bit per number of capabilities(7)
   */
  record Seen(String user, long capabilities, boolean readOnlyRoot) {
    static Seen in(GenericContainer<?> container) throws Exception {
      String status = container.execInContainer("cat", "/proc/1/status").getStdout();
      String mounts = container.execInContainer("cat", "/proc/1/mounts").getStdout();
      return new Seen(
          field(status, "Uid:") + ":" + field(status, "Gid:"),
          Long.parseLong(field(status, "CapEff:"), 16),
          mounts.lines().anyMatch(mount -> mount.matches("\\S+ / \\S+ ro,.*")));
    }

    private static String field(String status, String name) {
      return status
          .lines()
          .filter(line -> line.startsWith(name))
          .map(line -> line.split("\\s+", -1)[1])
          .findFirst()
          .orElseThrow();
    }
  }

  private static int number(Capability right) {
    return switch (right) {
      case DAC_OVERRIDE -> 1;
      case NET_ADMIN -> 12;
      case NET_RAW -> 13;
      case SYS_PTRACE -> 19;
      case SYS_ADMIN -> 21;
      default -> throw new IllegalArgumentException(right + ": no program of ours has it");
    };
  }
}
