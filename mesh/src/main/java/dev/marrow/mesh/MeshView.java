package dev.marrow.mesh;

import dev.marrow.mesh.WorkloadIndex.ObjectName;
import dev.marrow.mesh.balance.Endpoints;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the mesh looks like at one moment. Immutable; the next view shares with this one whatever
 * did not change, so that a change of a few among 100,000 workloads costs as much as the few.
 *
 * <p>Lookups that return {@link Optional} allocate nothing else and are meant for the connect path.
 */
public final class MeshView {
  /** Nothing is known. */
  public static final MeshView EMPTY =
      new MeshView(WorkloadIndex.EMPTY, ServiceIndex.EMPTY, EndpointIndex.EMPTY, PolicyIndex.EMPTY);

  private final WorkloadIndex workloads;
  private final ServiceIndex services;
  private final EndpointIndex endpoints;
  private final PolicyIndex policies;

  private MeshView(
      WorkloadIndex workloads,
      ServiceIndex services,
      EndpointIndex endpoints,
      PolicyIndex policies) {
    this.workloads = workloads;
    this.services = services;
    this.endpoints = endpoints;
    this.policies = policies;
  }

  /** A view of exactly these. */
  public static MeshView of(
      List<Workload> workloads, List<Service> services, List<Policy> policies) {
    return EMPTY.with(MeshDelta.of(workloads, services, policies));
  }

  /** The next view: this one, without what {@code delta} removes, and with what it brings. */
  public MeshView with(MeshDelta delta) {
    if (delta.isEmpty()) {
      return this;
    }
    WorkloadIndex.Editor nextWorkloads = workloads.edit();
    EndpointIndex.Editor nextEndpoints = endpoints.edit();
    for (String uid : delta.removedWorkloads()) {
      remove(uid, nextWorkloads, nextEndpoints);
    }
    for (Workload workload : delta.workloads()) {
      remove(workload.uid(), nextWorkloads, nextEndpoints);
      nextWorkloads.add(workload);
      nextEndpoints.add(workload);
    }
    return new MeshView(
        nextWorkloads.build(), nextServices(delta), nextEndpoints.build(), nextPolicies(delta));
  }

  /**
   * The workload that has {@code address} in {@code network}. Of several the one with a uid of a
   * pod is meant, then the one that speaks HBONE, then the one with the lowest uid. Workloads on
   * the host's network are never found so.
   */
  public Optional<Workload> workload(String network, InetAddress address) {
    return first(workloads.byAddress().claims(network, address));
  }

  /** The workload of that uid. */
  public Optional<Workload> workload(String uid) {
    return Optional.ofNullable(workloads.byUid().get(uid));
  }

  /** The workload a node agent knows by these three names. */
  public Optional<Workload> workload(String namespace, String name, String serviceAccount) {
    List<Workload> claims = workloads.byName().get(new ObjectName(namespace, name));
    if (claims != null) {
      for (Workload workload : claims) {
        if (workload.serviceAccount().equals(serviceAccount)) {
          return Optional.of(workload);
        }
      }
    }
    return Optional.empty();
  }

  /** The workload with that host name, if one has it ({@link Workload#hostname()}). */
  public Optional<Workload> workloadByHostname(String hostname) {
    List<Workload> claims = workloads.byHostname().get(hostname);
    return claims == null ? Optional.empty() : first(claims);
  }

  /**
   * The service that owns {@code address}, as a client in {@code namespace} sees it: services
   * hidden from it are left out; an exact address comes before ranges, a longer range before a
   * shorter one; among equals the one of the client's namespace, then a canonical one, then the
   * lowest key.
   */
  public Optional<Service> service(String network, InetAddress address, String namespace) {
    return Optional.ofNullable(services.find(network, address, namespace));
  }

  /** The service that owns exactly {@code address}, whoever asks; for those that keep the view. */
  public Optional<Service> anyService(String network, InetAddress address) {
    return first(services.byVip().claims(network, address));
  }

  /** The service of that key. */
  public Optional<Service> service(ServiceKey key) {
    return Optional.ofNullable(services.byKey().get(key));
  }

  /** The service of that key. */
  public Optional<Service> service(String namespace, String hostname) {
    return ServiceKey.isKey(namespace, hostname)
        ? service(new ServiceKey(namespace, hostname))
        : Optional.empty();
  }

  /**
   * The service a client in {@code namespace} means by {@code hostname}: hidden ones are left out;
   * then the client's namespace wins, then a canonical one, then {@code preferredNamespace} ("" for
   * none), then the lowest key.
   */
  public Optional<Service> serviceByHostname(
      String hostname, String namespace, String preferredNamespace) {
    List<Service> claims = services.byHostname().get(hostname);
    return claims == null
        ? Optional.empty()
        : Optional.ofNullable(ServiceIndex.best(claims, namespace, preferredNamespace));
  }

  /** All services of that host name that a client in {@code namespace} may see, best first. */
  public List<Service> servicesByHostname(
      String hostname, String namespace, String preferredNamespace) {
    List<Service> claims = services.byHostname().get(hostname);
    return claims == null
        ? List.of()
        : claims.stream()
            .filter(service -> service.visibleFrom(namespace))
            .sorted(
                Comparator.comparing((Service s) -> !s.namespace().equals(namespace))
                    .thenComparing(s -> !s.canonical())
                    .thenComparing(s -> !s.namespace().equals(preferredNamespace))
                    .thenComparing(ServiceIndex.ORDER))
            .toList();
  }

  /**
   * The endpoints of a service that its health policy admits, in no particular order. Endpoints may
   * be known before their service is; an update of a service keeps them.
   */
  public List<Endpoint> endpoints(Service service) {
    return endpoints.of(service.key()).admitted(service.balancing().healthPolicy());
  }

  /** All endpoints of a service, healthy or not; what {@code Balancer} picks from. */
  public Endpoints allEndpoints(ServiceKey service) {
    return endpoints.of(service);
  }

  /** The policy of that {@code namespace/name}. */
  public Optional<Policy> policy(String fullName) {
    return Optional.ofNullable(policies.byName().get(fullName));
  }

  /**
   * Hands every policy that applies to {@code workload} to {@code known}: those of its namespace,
   * global ones, and those it names; names nobody has heard of go to {@code unknown}.
   */
  public void forEachPolicy(Workload workload, Consumer<Policy> known, Consumer<String> unknown) {
    policies.forEach(workload, known, unknown);
  }

  /** Every workload, in no particular order. */
  public Collection<Workload> workloads() {
    return workloads.byUid().values();
  }

  /** Every service, in no particular order. */
  public Collection<Service> services() {
    return services.byKey().values();
  }

  /** Every policy, in no particular order. */
  public Collection<Policy> policies() {
    return policies.byName().values();
  }

  /** Services that have endpoints and are not known themselves, for the dump. */
  public Collection<ServiceKey> stagedServices() {
    List<ServiceKey> staged = new ArrayList<>();
    endpoints
        .byService()
        .forEach((key, _) -> {
          if (services.byKey().get(key) == null) {
            staged.add(key);
          }
        });
    return staged;
  }

  /** How many workloads there are. */
  public int workloadCount() {
    return workloads.byUid().size();
  }

  /** How many services there are. */
  public int serviceCount() {
    return services.byKey().size();
  }

  private void remove(
      String uid, WorkloadIndex.Editor nextWorkloads, EndpointIndex.Editor nextEndpoints) {
    Workload old = nextWorkloads.get(uid);
    if (old != null) {
      nextWorkloads.remove(old);
      nextEndpoints.remove(old);
    }
  }

  private ServiceIndex nextServices(MeshDelta delta) {
    if (delta.services().isEmpty() && delta.removedServices().isEmpty()) {
      return services;
    }
    ServiceIndex.Editor editor = services.edit();
    delta.removedServices().forEach(editor::remove);
    delta.services().forEach(editor::put);
    return editor.build();
  }

  private PolicyIndex nextPolicies(MeshDelta delta) {
    if (delta.policies().isEmpty() && delta.removedPolicies().isEmpty()) {
      return policies;
    }
    PolicyIndex.Editor editor = policies.edit();
    delta.removedPolicies().forEach(editor::remove);
    delta.policies().forEach(editor::put);
    return editor.build();
  }

  private static <T> Optional<T> first(List<T> claims) {
    return claims.isEmpty() ? Optional.empty() : Optional.of(claims.getFirst());
  }
}
