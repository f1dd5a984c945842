package dev.marrow.waypoint.destination;

import dev.marrow.waypoint.route.Backend;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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

  /**
   * The rule whose name for {@code sni} says most, of equal ones the first; null if none has one.
   */
  public static @Nullable StreamRule find(List<StreamRule> rules, String sni) {
    StreamRule best = null;
    int most = -1;
    for (StreamRule rule : rules) {
      int says = rule.says(sni);
      if (says > most) {
        best = rule;
        most = says;
      }
    }
    return best;
  }

  /** How much of {@code sni} is named; -1: another. */
  private int says(String sni) {
    int most = hostnames.isEmpty() ? 0 : -1;
    for (String name : hostnames) {
      if (name.equals(sni)) {
        return Integer.MAX_VALUE;
      }
      if (name.startsWith("*.") && sni.endsWith(name.substring(1))) {
        most = Math.max(most, name.length());
      }
    }
    return most;
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
