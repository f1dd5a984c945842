package dev.marrow.controlplane.publish;

import dev.marrow.proto.security.Action;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.Scope;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.GatewayAddress;
import dev.marrow.proto.workload.Service;
import dev.marrow.resources.ObjectKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Takes a waypoint away from in front of something in two steps, because node proxies do not all
 * hear of a change at the same moment.
 *
 * <ol>
 *   <li>The workloads lose the policies that keep everybody but the waypoint out; callers are told
 *       to go through it still, in place of those policies by {@link #THROUGH}.
 *   <li>When all clients have acknowledged that, callers are told that nothing is in front.
 * </ol>
 *
 * In one step, a caller whose proxy hears first would come directly, to a proxy that still refuses
 * it. A waypoint whose Gateway is gone is in front until then, too: its pods let clients in for two
 * seconds after they were told to end, and what is published of them stays as long as callers may
 * come. Confined to the publishing thread.
 */
public final class Unbinding {
  /**
   * A policy that denies nothing: its name on a workload tells node proxies to go through its
   * waypoint also by way of a service, though nobody is kept out any more.
   */
  public static final String THROUGH = "marrow_through_waypoint";

  /** Clients of the other replicas hear about as soon as ours, and we do not see them answer. */
  static final Duration LEAST = Duration.ofMillis(500);

  /** For a client that does not answer. */
  static final Duration MOST = Duration.ofSeconds(3);

  /** The same while the waypoint's pods end. */
  static final Duration MOST_ENDING = Duration.ofSeconds(1);

  private static final String ONLY = "istio_allow_waypoint_";

  private record Held(Published last, long since) {}

  private final ResourceTables tables;
  private final String rootNamespace;
  private final String through;
  private final Predicate<ObjectKey> serves;
  private final BooleanSupplier heard;
  private final LongSupplier nanos;
  private final Map<ResourceId, Held> held = new LinkedHashMap<>();

  /** What becomes of ending waypoints, empty for a removal; to be told after the second step. */
  private final Map<ResourceId, Optional<Published>> late = new LinkedHashMap<>();

  private boolean prepared;

  /**
   * Publishes into {@code tables}.
   *
   * @param rootNamespace where mesh-wide policies live
   * @param serves whether a Gateway is there
   * @param heard whether all clients have acknowledged what they were told
   * @param nanos the time
   */
  public Unbinding(
      ResourceTables tables,
      String rootNamespace,
      Predicate<ObjectKey> serves,
      BooleanSupplier heard,
      LongSupplier nanos) {
    this.tables = tables;
    this.rootNamespace = rootNamespace;
    this.through = rootNamespace + "/" + THROUGH;
    this.serves = serves;
    this.heard = heard;
    this.nanos = nanos;
  }

  private Authorization deniesNothing() {
    return Authorization.newBuilder()
        .setNamespace(rootNamespace)
        .setName(THROUGH)
        .setScope(Scope.WORKLOAD_SELECTOR)
        .setAction(Action.DENY)
        .build();
  }

  /** Puts in and takes out, but for what must wait for its second step. */
  public void update(Collection<Published> put, Collection<ResourceId> removed) {
    removed.forEach(held::remove);
    if (!prepared && put.stream().anyMatch(this::strict)) {
      // There long before anything names it: what is unknown denies.
      prepared = true;
      tables.update(List.of(Published.of(deniesNothing())), List.of());
    }
    List<Published> first = put.stream().map(this::first).toList();
    Set<String> ending = ending();
    List<Published> changed = new ArrayList<>();
    for (Published each : first) {
      if (!later(each.id(), Optional.of(each), ending)) {
        changed.add(each);
      }
    }
    tables.update(
        changed, removed.stream().filter(id -> !later(id, Optional.empty(), ending)).toList());
    tellLate(ending);
  }

  /** The services of waypoints that callers are still told to go through, and that are ending. */
  private Set<String> ending() {
    return held.values().stream()
        .flatMap(each -> left(each.last()).flatMap(Unbinding::waypoint).stream())
        .filter(gateway -> !serves.test(key(gateway)))
        .map(gateway ->
            gateway.getHostname().getNamespace() + "/" + gateway.getHostname().getHostname())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether {@code change} is one of an ending waypoint, and was put off. */
  private boolean later(ResourceId id, Optional<Published> change, Set<String> ending) {
    late.remove(id);
    boolean off =
        !ending.isEmpty()
            && tables
                .get(id)
                .filter(before -> before.message() instanceof Address a && belongs(a, ending))
                .isPresent();
    if (off) {
      late.put(id, change);
    }
    return off;
  }

  private static boolean belongs(Address address, Set<String> services) {
    if (address.hasWorkload()) {
      return address.getWorkload().getServicesMap().keySet().stream().anyMatch(services::contains);
    }
    Service service = address.getService();
    return services.contains(service.getNamespace() + "/" + service.getHostname());
  }

  private void tellLate(Set<String> ending) {
    if (late.isEmpty() || !ending.isEmpty()) {
      return;
    }
    List<ResourceId> removed =
        late.entrySet().stream()
            .filter(change -> change.getValue().isEmpty())
            .map(Map.Entry::getKey)
            .toList();
    tables.update(late.values().stream().flatMap(Optional::stream).toList(), removed);
    late.clear();
  }

  private Published first(Published next) {
    Optional<Held> before = Optional.ofNullable(held.remove(next.id()));
    Optional<Address> left = left(next);
    if (left.isEmpty()) {
      return next;
    }
    long since = before.map(Held::since).orElseGet(nanos::getAsLong);
    held.put(next.id(), new Held(next, since));
    return Published.of(behind(left.get(), (Address) next.message()));
  }

  /** What was published before, if that had a waypoint in front and {@code next} has none. */
  private Optional<Address> left(Published next) {
    if (!(next.message() instanceof Address address) || waypoint(address).isPresent()) {
      return Optional.empty();
    }
    return tables
        .get(next.id())
        .map(Published::message)
        .filter(Address.class::isInstance)
        .map(Address.class::cast)
        .filter(before -> waypoint(before).filter(GatewayAddress::hasHostname).isPresent());
  }

  private static ObjectKey key(GatewayAddress gateway) {
    String host = gateway.getHostname().getHostname();
    return new ObjectKey("Gateway", gateway.getHostname().getNamespace(), host.split("\\.", 2)[0]);
  }

  private static Optional<GatewayAddress> waypoint(Address address) {
    if (address.hasWorkload()) {
      return Optional.of(address.getWorkload())
          .filter(workload -> workload.hasWaypoint())
          .map(workload -> workload.getWaypoint());
    }
    return Optional.of(address.getService())
        .filter(service -> service.hasWaypoint())
        .map(service -> service.getWaypoint());
  }

  private Address behind(Address before, Address next) {
    Address.Builder bound = next.toBuilder();
    if (next.hasWorkload()) {
      bound.getWorkloadBuilder().setWaypoint(before.getWorkload().getWaypoint());
      if (strict(before)) {
        bound.getWorkloadBuilder().addAuthorizationPolicies(through);
      }
    } else {
      bound.getServiceBuilder().setWaypoint(before.getService().getWaypoint());
    }
    return bound.build();
  }

  private boolean strict(Published each) {
    return each.message() instanceof Address address && strict(address);
  }

  private boolean strict(Address before) {
    return before.getWorkload().getAuthorizationPoliciesList().stream()
        .anyMatch(policy ->
            policy.equals(through) || policy.substring(policy.indexOf('/') + 1).startsWith(ONLY));
  }

  /** Takes the second step where it is due; returns whether anything goes on waiting for it. */
  public boolean proceed() {
    if (held.isEmpty()) {
      return false;
    }
    long now = nanos.getAsLong();
    boolean all = heard.getAsBoolean();
    List<Published> second = new ArrayList<>();
    for (Held each : List.copyOf(held.values())) {
      Duration waited = Duration.ofNanos(now - each.since());
      Duration due = due(each.last(), all);
      if (waited.compareTo(due) >= 0) {
        held.remove(each.last().id());
        second.add(each.last());
      }
    }
    tables.update(second, List.of());
    tellLate(ending());
    return !held.isEmpty();
  }

  /** How long after the first step the second one comes. */
  private Duration due(Published last, boolean all) {
    Optional<GatewayAddress> gateway = left(last).flatMap(Unbinding::waypoint);
    if (gateway.isEmpty()) {
      return Duration.ZERO;
    }
    if (all) {
      return LEAST;
    }
    return serves.test(key(gateway.get())) ? MOST : MOST_ENDING;
  }
}
