package dev.marrow.nodeagent.redirect;

import dev.marrow.linux.Command;
import dev.marrow.linux.Netns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Routes by mark: replies of the application to a connection the proxy opened under the client's
 * address are delivered locally, to the proxy, instead of leaving for the client.
 */
final class PolicyRoutes {
  private static final String RULE = "fwmark 0x111/0xfff pref 32764 lookup 100";
  private static final Path NO_IPV6 = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");

  private PolicyRoutes() {}

  static void add(Netns pod) throws IOException {
    for (Family family : families(pod)) {
      String batch =
          "rule add %s\nroute replace local %s dev lo table 100\n".formatted(RULE, family.any);
      Tool.batch(pod, family.batch(batch), "File exists");
    }
  }

  static void remove(Netns pod) throws IOException {
    for (Family family : families(pod)) {
      String batch =
          "rule del %s\nroute del local %s dev lo table 100\n".formatted(RULE, family.any);
      Tool.batch(pod, family.batch(batch), "No such file|FIB table does not exist|No such process");
    }
  }

  private enum Family {
    V4("-4", "0.0.0.0/0"),
    V6("-6", "::/0");

    private final String option;
    private final String any;

    Family(String option, String any) {
      this.option = option;
      this.any = any;
    }

    private Command batch(String text) {
      return new Command(List.of("ip", option, "-force", "-batch", "-"), text);
    }
  }

  private static List<Family> families(Netns pod) throws IOException {
    var families = new ArrayList<>(List.of(Family.V4));
    if (hasIpv6(pod)) {
      families.add(Family.V6);
    }
    return families;
  }

  /** Whether IPv6 is switched on in the pod. */
  static boolean hasIpv6(Netns pod) throws IOException {
    return pod.call(() -> Files.exists(NO_IPV6) && Files.readString(NO_IPV6).strip().equals("0"));
  }
}
