package dev.marrow.mesh.balance;

import dev.marrow.mesh.balance.BalanceRequest.Requested;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Workload;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** How a workload is reached from somewhere. */
public final class Targets {
  private Targets() {}

  static boolean reachable(Workload workload, Place source) {
    return near(workload, source)
        ? !workload.addresses().isEmpty() || !workload.hostname().isEmpty()
        : workload.networkGateway().present();
  }

  /** How a client at {@code source} reaches {@code workload}, which must be reachable. */
  static Pick.Target target(
      Workload workload, Place source, IpFamilies families, Requested requested) {
    if (!near(workload, source)) {
      return new Pick.Target.Behind(workload.networkGateway());
    }
    return workload.addresses().isEmpty()
        ? new Pick.Target.Hostname(workload.hostname())
        : new Pick.Target.Address(address(workload, families, requested));
  }

  /**
   * Which of its addresses to use: the one that was asked for, else one of the service's family,
   * else one of the family that was asked for, else the first.
   */
  public static InetAddress address(Workload workload, IpFamilies families, Requested requested) {
    List<InetAddress> addresses = workload.addresses();
    if (requested instanceof Requested.Address(InetAddress asked)) {
      if (workload.has(asked)) {
        return asked;
      }
      return family(addresses, wantsV4(families, asked instanceof Inet4Address));
    }
    return switch (families) {
      case AUTOMATIC, DUAL -> addresses.getFirst();
      case IPV4_ONLY -> family(addresses, true);
      case IPV6_ONLY -> family(addresses, false);
    };
  }

  private static boolean wantsV4(IpFamilies families, boolean askedV4) {
    return switch (families) {
      case AUTOMATIC, DUAL -> askedV4;
      case IPV4_ONLY -> true;
      case IPV6_ONLY -> false;
    };
  }

  private static InetAddress family(List<InetAddress> addresses, boolean v4) {
    for (int i = 0; i < addresses.size(); i++) {
      if (addresses.get(i) instanceof Inet4Address == v4) {
        return addresses.get(i);
      }
    }
    return addresses.getFirst();
  }

  private static boolean near(Workload workload, Place source) {
    return workload.network().equals(source.network());
  }
}
