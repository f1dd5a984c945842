package dev.marrow.cli.local.dns;

import dev.marrow.cli.local.network.Endpoints;
import dev.marrow.cli.local.plan.Addresses;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.cli.local.plan.PlannedService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The names of the mesh: services, the pods behind headless services, pods, and the control plane.
 * Immutable.
 *
 * @param addresses IPv4 and IPv6 addresses by name in lower case without the last dot
 */
public record Zone(String domain, Map<String, List<String>> addresses) {
  public Zone {
    addresses = Map.copyOf(addresses);
  }

  public static Zone of(String domain, List<Endpoints> services, Collection<PlannedPod> pods) {
    Map<String, List<String>> names = new HashMap<>();
    for (String name : List.of("control-plane.marrow-system", "istiod.istio-system")) {
      List<String> control = List.of(Addresses.CONTROL_PLANE, Addresses.CONTROL_PLANE_V6);
      names.put(name + ".svc", control);
      names.put(name + ".svc." + domain, control);
    }
    for (Endpoints endpoints : services) service(domain, endpoints, names);
    for (PlannedPod pod : pods) {
      String suffix = "." + pod.namespace() + ".pod." + domain;
      names.put(pod.seat().v4().replace('.', '-') + suffix, List.of(pod.seat().v4()));
      names.put(pod.seat().v6().replace(':', '-') + suffix, List.of(pod.seat().v6()));
    }
    return new Zone(domain, names);
  }

  private static void service(String domain, Endpoints endpoints, Map<String, List<String>> names) {
    PlannedService service = endpoints.service();
    String name = service.name() + "." + service.namespace() + ".svc." + domain;
    if (!service.headless()) {
      names.put(name, service.addresses());
      return;
    }
    List<String> all = new ArrayList<>();
    for (PlannedPod pod : endpoints.ready()) {
      List<String> own = List.of(pod.seat().v4(), pod.seat().v6());
      names.put(pod.name() + "." + name, own);
      all.addAll(own);
    }
    names.put(name, all);
  }

  /** The addresses of a name; empty when there is no such name. */
  Optional<List<String>> find(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String plain = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    return Optional.ofNullable(addresses.get(plain));
  }
}
