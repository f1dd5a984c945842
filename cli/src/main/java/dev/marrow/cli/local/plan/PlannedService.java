package dev.marrow.cli.local.plan;

import dev.marrow.resources.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service with its addresses.
 *
 * @param addresses IPv4 then IPv6; none when headless
 */
public record PlannedService(
    KubeObject object, List<String> addresses, Map<String, String> selector, List<Port> ports) {
  /**
   * One port of a service.
   *
   * @param target a port's number, or the name of a container port
   */
  public record Port(String name, int port, String target, String protocol) {

    /** The number behind {@link #target} at one pod. */
    public Optional<Integer> targetAt(PlannedPod pod) {
      boolean number = !target.isEmpty() && target.chars().allMatch(c -> c >= '0' && c <= '9');
      return number
          ? Optional.of(Integer.parseInt(target))
          : Optional.ofNullable(pod.template().ports().get(target));
    }
  }

  public PlannedService {
    addresses = List.copyOf(addresses);
    selector = Map.copyOf(selector);
    ports = List.copyOf(ports);
  }

  public String namespace() {
    return object.namespace();
  }

  public String name() {
    return object.name();
  }

  public boolean headless() {
    return addresses.isEmpty();
  }

  public boolean selects(PlannedPod pod) {
    return !selector.isEmpty()
        && pod.namespace().equals(namespace())
        && pod.template().labels().entrySet().containsAll(selector.entrySet());
  }
}
