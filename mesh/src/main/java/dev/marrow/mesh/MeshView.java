package dev.marrow.mesh;

import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.Collection;
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
  public static final MeshView EMPTY = new MeshView();

  private MeshView() {}

  /** A view of exactly these. */
  public static MeshView of(
      List<Workload> workloads, List<Service> services, List<Policy> policies) {
    return EMPTY.with(MeshDelta.of(workloads, services, policies));
  }

  /** The next view: this one, without what {@code delta} removes, and with what it brings. */
  public MeshView with(MeshDelta delta) {
    throw new UnsupportedOperationException();
  }

  /**
   * The workload that has {@code address} in {@code network}. Of several the one with a uid of a
   * pod is meant, then the one that speaks HBONE, then the one with the lowest uid. Workloads on
   * the host's network are never found so.
   */
  public Optional<Workload> workload(String network, InetAddress address) {
    throw new UnsupportedOperationException();
  }

  /** The workload of that uid. */
  public Optional<Workload> workload(String uid) {
    throw new UnsupportedOperationException();
  }

  /** The workload a node agent knows by these three names. */
  public Optional<Workload> workload(String namespace, String name, String serviceAccount) {
    throw new UnsupportedOperationException();
  }

  /** The workload with that host name, if one has it ({@link Workload#hostname()}). */
  public Optional<Workload> workloadByHostname(String hostname) {
    throw new UnsupportedOperationException();
  }

  /**
   * The service that owns {@code address}, as a client in {@code namespace} sees it: services
   * hidden from it are left out; an exact address comes before ranges, a longer range before a
   * shorter one; among equals the one of the client's namespace, then a canonical one, then the
   * lowest key.
   */
  public Optional<Service> service(String network, InetAddress address, String namespace) {
    throw new UnsupportedOperationException();
  }

  /** The service of that key. */
  public Optional<Service> service(ServiceKey key) {
    throw new UnsupportedOperationException();
  }

  /** The service of that key. */
  public Optional<Service> service(String namespace, String hostname) {
    throw new UnsupportedOperationException();
  }

  /**
   * The service a client in {@code namespace} means by {@code hostname}: hidden ones are left out;
   * then the client's namespace wins, then {@code preferredNamespace} ("" for none), then a
   * canonical one, then the lowest key.
   */
  public Optional<Service> serviceByHostname(
      String hostname, String namespace, String preferredNamespace) {
    throw new UnsupportedOperationException();
  }

  /** All services of that host name that a client in {@code namespace} may see, best first. */
  public List<Service> servicesByHostname(
      String hostname, String namespace, String preferredNamespace) {
    throw new UnsupportedOperationException();
  }

  /**
   * The endpoints of a service that its health policy admits, in no particular order. Endpoints may
   * be known before their service is; an update of a service keeps them.
   */
  public List<Endpoint> endpoints(Service service) {
    throw new UnsupportedOperationException();
  }

  /** The policy of that {@code namespace/name}. */
  public Optional<Policy> policy(String fullName) {
    throw new UnsupportedOperationException();
  }

  /**
   * Hands every policy that applies to {@code workload} to {@code known}: those of its namespace,
   * global ones, and those it names; names nobody has heard of go to {@code unknown}.
   */
  public void forEachPolicy(Workload workload, Consumer<Policy> known, Consumer<String> unknown) {
    throw new UnsupportedOperationException();
  }

  /** Every workload, in no particular order. */
  public Collection<Workload> workloads() {
    throw new UnsupportedOperationException();
  }

  /** Every service, in no particular order. */
  public Collection<Service> services() {
    throw new UnsupportedOperationException();
  }

  /** Every policy, in no particular order. */
  public Collection<Policy> policies() {
    throw new UnsupportedOperationException();
  }

  /** Services that have endpoints and are not known themselves, for the dump. */
  public Collection<ServiceKey> stagedServices() {
    throw new UnsupportedOperationException();
  }
}
