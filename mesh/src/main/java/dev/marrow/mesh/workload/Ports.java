package dev.marrow.mesh.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The ports of a service, or those that one workload offers for it, ordered by service port. Where
 * a service port is listed twice the later entry counts.
 */
public record Ports(List<ServicePort> entries) {
  /** No ports. */
  public static final Ports NONE = new Ports(List.of());

  public Ports {
    entries = ordered(entries) ? List.copyOf(entries) : order(entries);
  }

  /** Service port to target port, protocol not declared. */
  public static Ports of(Map<Integer, Integer> targets) {
    List<ServicePort> entries = new ArrayList<>();
    targets.forEach((p, target) -> entries.add(new ServicePort(p, target, AppProtocol.UNKNOWN)));
    return new Ports(entries);
  }

  /** The target of {@code servicePort}; 0 if it is not listed or has no target of its own. */
  public int target(int servicePort) {
    int index = indexOf(servicePort);
    return index < 0 ? 0 : entries.get(index).target();
  }

  /** Whether {@code servicePort} is listed. */
  public boolean contains(int servicePort) {
    return indexOf(servicePort) >= 0;
  }

  /** The entry of {@code servicePort}. */
  public Optional<ServicePort> find(int servicePort) {
    int index = indexOf(servicePort);
    return index < 0 ? Optional.empty() : Optional.of(entries.get(index));
  }

  private int indexOf(int servicePort) {
    int low = 0;
    int high = entries.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int port = entries.get(middle).port();
      if (port == servicePort) {
        return middle;
      }
      if (port < servicePort) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private static boolean ordered(List<ServicePort> entries) {
    for (int i = 1; i < entries.size(); i++) {
      if (entries.get(i - 1).port() >= entries.get(i).port()) {
        return false;
      }
    }
    return true;
  }

  private static List<ServicePort> order(List<ServicePort> entries) {
    TreeMap<Integer, ServicePort> byPort = new TreeMap<>();
    entries.forEach(entry -> byPort.put(entry.port(), entry));
    return List.copyOf(byPort.values());
  }
}
