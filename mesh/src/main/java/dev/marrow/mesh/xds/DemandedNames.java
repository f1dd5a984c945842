package dev.marrow.mesh.xds;

import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * The names a proxy asked for, who waits for them, and when they were last used. Guarded by its
 * subscription's lock.
 */
final class DemandedNames {
  // So many at a time that forgetting is rare, so few that what is in use stays.
  private static final int PARTS_FORGOTTEN = 64;

  private final OnDemand settings;
  // The one that was used longest ago comes first.
  private final Map<String, Demand> demands = new LinkedHashMap<>(16, 0.75f, true);

  DemandedNames(OnDemand settings) {
    this.settings = settings;
  }

  /** One name. */
  private static final class Demand {
    private CompletableFuture<Void> answer = new CompletableFuture<>();
    private boolean answered;
    private long usedNanos;
  }

  boolean full() {
    return demands.size() >= settings.maxNames();
  }

  boolean contains(String name) {
    return demands.containsKey(name);
  }

  /** What completes once {@code name} is answered; a name that is new must now be asked for. */
  CompletableFuture<Void> use(String name, long nowNanos) {
    Demand demand = demands.computeIfAbsent(name, _ -> new Demand());
    demand.usedNanos = nowNanos;
    return demand.answer;
  }

  /** Takes what arrived, under any of its names, and returns those whose waiting is over. */
  List<CompletableFuture<Void>> answered(Set<String> names, MeshView view) {
    List<CompletableFuture<Void>> over = new ArrayList<>();
    demands.forEach((name, demand) -> {
      if (!demand.answered && (names.contains(name) || known(name, view))) {
        over.add(demand.answer);
        // The old one may have failed already: too late for those who waited, and for them only.
        demand.answer = CompletableFuture.completedFuture(null);
        demand.answered = true;
      }
    });
    return over;
  }

  /** Forgets the names that nobody used for long. */
  Set<String> forgetIdle(long nowNanos) {
    Set<String> idle = new HashSet<>();
    demands.forEach((name, demand) -> {
      if (nowNanos - demand.usedNanos > settings.idle().toNanos()) {
        idle.add(name);
      }
    });
    demands.keySet().removeAll(idle);
    return idle;
  }

  /**
   * Forgets some of those that nobody waits for, used longest ago. One client that asks for address
   * after address must not keep the others from asking for theirs.
   */
  Set<String> forgetOldest() {
    Set<String> oldest =
        demands.entrySet().stream()
            .filter(demand -> demand.getValue().answer.isDone())
            .limit(Math.max(1, settings.maxNames() / PARTS_FORGOTTEN))
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet());
    demands.keySet().removeAll(oldest);
    return oldest;
  }

  /** The removal of everything in {@code view} that only {@code idle} names had brought. */
  MeshDelta removal(Set<String> idle, MeshView view) {
    Set<String> workloads = new HashSet<>();
    Set<ServiceKey> services = new HashSet<>();
    for (String name : idle) {
      workloads(name, view).forEach(workload -> drop(workload, workloads, view));
      service(name, view)
          .filter(service -> !wanted(service))
          .ifPresent(service -> {
            services.add(service.key());
            view.allEndpoints(service.key())
                .all()
                .forEach(endpoint -> drop(endpoint.workload(), workloads, view));
          });
    }
    return new MeshDelta(workloads, services, Set.of(), List.of(), List.of(), List.of());
  }

  private void drop(Workload workload, Set<String> dropped, MeshView view) {
    boolean local = !settings.node().isEmpty() && workload.node().equals(settings.node());
    if (!local && !wanted(workload, view)) {
      dropped.add(workload.uid());
    }
  }

  private boolean wanted(Workload workload, MeshView view) {
    return demands.containsKey(workload.uid())
        || workload.addresses().stream()
            .anyMatch(ip -> contains(new NetworkAddress(workload.network(), ip).toString()))
        || workload.services().keySet().stream()
            .anyMatch(key ->
                contains(key.toString()) || view.service(key).filter(this::wanted).isPresent());
  }

  private boolean wanted(Service service) {
    return contains(service.key().toString())
        || service.vips().stream().anyMatch(vip -> contains(vip.toString()));
  }

  /** Whether {@code name} (a uid, a service's key or {@code network/address}) is in the view. */
  static boolean known(String name, MeshView view) {
    return !workloads(name, view).isEmpty() || service(name, view).isPresent();
  }

  private static List<Workload> workloads(String name, MeshView view) {
    Optional<Workload> byUid = view.workload(name);
    return byUid.isPresent()
        ? List.of(byUid.get())
        : address(name).flatMap(a -> view.workload(a.network(), a.address())).stream().toList();
  }

  private static Optional<Service> service(String name, MeshView view) {
    Optional<Service> byKey = AddressHandler.serviceKey(name).flatMap(view::service);
    return byKey.isPresent()
        ? byKey
        : address(name).flatMap(a -> view.anyService(a.network(), a.address()));
  }

  private static Optional<NetworkAddress> address(String name) {
    try {
      return Optional.of(NetworkAddress.parse(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
