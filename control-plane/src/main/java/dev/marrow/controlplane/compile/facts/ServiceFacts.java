package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.compile.Ip;
import dev.marrow.controlplane.compile.Selector;
import dev.marrow.proto.workload.AppProtocol;
import dev.marrow.resources.ObjectKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A host of the mesh: a Kubernetes Service, or one host of a ServiceEntry.
 *
 * @param selector none where endpoints are listed instead
 * @param labels of the object, for bindings
 */
public record ServiceFacts(
    ObjectKey object,
    String hostname,
    List<Ip> addresses,
    List<ServicePort> ports,
    Optional<Selector> selector,
    Map<String, String> labels) {

  /**
   * One port.
   *
   * @param targetName of a container's port; empty where {@code target} is the number
   */
  public record ServicePort(
      String name, int port, int target, String targetName, AppProtocol protocol) {
    /** The port of {@code pod} that serves this one; 0 where it has none. */
    public int targetIn(Map<String, Integer> containerPorts) {
      return targetName.isEmpty() ? target : containerPorts.getOrDefault(targetName, 0);
    }
  }

  public ServiceFacts {
    addresses = List.copyOf(addresses);
    ports = List.copyOf(ports);
    labels = Map.copyOf(labels);
  }

  public String namespace() {
    return object.namespace();
  }

  /** The name of the resource: {@code namespace/hostname}. */
  public String resource() {
    return object.namespace() + "/" + hostname;
  }

  public boolean kubernetes() {
    return object.kind().equals("Service");
  }

  /** The same with only the ports that {@code targets} says the target of, by the port's name. */
  public ServiceFacts at(Map<String, Integer> targets) {
    List<ServicePort> known =
        ports.stream()
            .filter(port -> targets.containsKey(port.name()))
            .map(port ->
                new ServicePort(
                    port.name(),
                    port.port(),
                    targets.getOrDefault(port.name(), port.target()),
                    "",
                    port.protocol()))
            .toList();
    return new ServiceFacts(object, hostname, addresses, known, selector, labels);
  }

  public boolean selects(Map<String, String> candidate) {
    return selector.isPresent() && selector.get().matches(candidate);
  }

  public Optional<ServicePort> port(int number) {
    return ports.stream().filter(port -> port.port() == number).findFirst();
  }
}
