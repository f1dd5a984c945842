package dev.marrow.mesh;

import dev.marrow.mesh.balance.Endpoints;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The endpoints of each service, whether the service is known yet or not. Immutable. They belong to
 * the workloads, so a service may come, change and go without touching them.
 */
record EndpointIndex(PersistentMap<ServiceKey, Endpoints> byService) {
  static final EndpointIndex EMPTY = new EndpointIndex(PersistentMap.empty());

  Endpoints of(ServiceKey service) {
    Endpoints endpoints = byService.get(service);
    return endpoints == null ? Endpoints.NONE : endpoints;
  }

  Editor edit() {
    return new Editor(this);
  }

  /**
   * Changes on the way to the next index, collected so that each service's list is copied once.
   * Confined to one thread.
   */
  static final class Editor {
    private final EndpointIndex before;
    private final Map<ServiceKey, Map<String, Optional<Endpoint>>> changes = new HashMap<>();

    private Editor(EndpointIndex before) {
      this.before = before;
    }

    void remove(Workload old) {
      old.services().keySet().forEach(key -> of(key).put(old.uid(), Optional.empty()));
    }

    void add(Workload workload) {
      workload
          .services()
          .forEach((key, ports) ->
              of(key).put(workload.uid(), Optional.of(new Endpoint(workload, ports))));
    }

    EndpointIndex build() {
      PersistentMap.Editor<ServiceKey, Endpoints> editor = before.byService.edit();
      changes.forEach((key, changed) -> {
        Endpoints next = before.of(key).with(changed);
        if (next.isEmpty()) {
          editor.remove(key);
        } else {
          editor.put(key, next);
        }
      });
      return new EndpointIndex(editor.build());
    }

    private Map<String, Optional<Endpoint>> of(ServiceKey key) {
      return changes.computeIfAbsent(key, _ -> new LinkedHashMap<>());
    }
  }
}
