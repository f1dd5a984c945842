package dev.marrow.waypoint.destination;

import dev.marrow.waypoint.route.Backend;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A rule of a TCPRoute or TLSRoute.
 *
 * @param hostnames of the SNI, as in HTTP; none: all
 */
public record StreamRule(String route, List<String> hostnames, List<Share> backends) {
  /** A backend and its weight. */
  public record Share(Backend backend, int weight) {}

  public StreamRule {
    hostnames = List.copyOf(hostnames);
    backends = List.copyOf(backends);
  }

  /** Whether {@code sni} is one of the names. */
  public boolean admits(String sni) {
    for (String name : hostnames) {
      if (name.equals(sni) || name.startsWith("*.") && sni.endsWith(name.substring(1))) {
        return true;
      }
    }
    return hostnames.isEmpty();
  }

  /** One of the backends by weight; unresolved if there is none with any. */
  public Backend pick(RandomGenerator random) {
    int total = backends.stream().mapToInt(Share::weight).sum();
    int left = total == 0 ? 0 : random.nextInt(total);
    for (Share share : backends) {
      left -= share.weight();
      if (left < 0) {
        return share.backend();
      }
    }
    return new Backend.Unresolved();
  }
}
