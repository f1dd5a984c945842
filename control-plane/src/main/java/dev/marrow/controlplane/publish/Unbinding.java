package dev.marrow.controlplane.publish;

import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.GatewayAddress;
import dev.marrow.resources.ObjectKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Takes a waypoint away from in front of something in two steps, because node proxies do not all
 * hear of a change at the same moment.
 *
 * <ol>
 *   <li>The workloads lose the policies that keep everybody but the waypoint out; callers are told
 *       to go through it still.
 *   <li>When all clients have acknowledged that, callers are told that nothing is in front.
 * </ol>
 *
 * In one step, a caller whose proxy hears first would come directly, to a proxy that still refuses
 * it. A waypoint whose Gateway is gone does not serve much longer, so there is one step. Confined
 * to the publishing thread.
 */
public final class Unbinding {
  /** Clients of the other replicas hear about as soon as ours, and we do not see them answer. */
  static final Duration LEAST = Duration.ofMillis(100);

  /** For a client that does not answer. */
  static final Duration MOST = Duration.ofSeconds(1);

  private record Held(Published last, long since) {}

  private final ResourceTables tables;
  private final Predicate<ObjectKey> serves;
  private final BooleanSupplier heard;
  private final LongSupplier nanos;
  private final Map<ResourceId, Held> held = new LinkedHashMap<>();

  /**
   * Publishes into {@code tables}.
   *
   * @param serves whether a Gateway is there
   * @param heard whether all clients have acknowledged what they were told
   * @param nanos the time
   */
  public Unbinding(
      ResourceTables tables,
      Predicate<ObjectKey> serves,
      BooleanSupplier heard,
      LongSupplier nanos) {
    this.tables = tables;
    this.serves = serves;
    this.heard = heard;
    this.nanos = nanos;
  }

  /** Puts in and takes out, but for what must wait for its second step. */
  public void update(Collection<Published> put, Collection<ResourceId> removed) {
    removed.forEach(held::remove);
    tables.update(put.stream().map(this::first).toList(), removed);
  }

  private Published first(Published next) {
    Optional<Held> before = Optional.ofNullable(held.remove(next.id()));
    Optional<GatewayAddress> left = left(next);
    if (left.isEmpty()) {
      return next;
    }
    long since = before.map(Held::since).orElseGet(nanos::getAsLong);
    held.put(next.id(), new Held(next, since));
    return Published.of(behind(left.get(), (Address) next.message()));
  }

  /** The waypoint that callers were told to go through, and now nothing is. */
  private Optional<GatewayAddress> left(Published next) {
    if (!(next.message() instanceof Address address) || waypoint(address).isPresent()) {
      return Optional.empty();
    }
    return tables
        .get(next.id())
        .map(Published::message)
        .filter(Address.class::isInstance)
        .flatMap(before -> waypoint((Address) before))
        .filter(gateway -> gateway.hasHostname() && serves.test(key(gateway)));
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

  private static Address behind(GatewayAddress gateway, Address address) {
    Address.Builder bound = address.toBuilder();
    if (address.hasWorkload()) {
      bound.getWorkloadBuilder().setWaypoint(gateway);
    } else {
      bound.getServiceBuilder().setWaypoint(gateway);
    }
    return bound.build();
  }

  /** Takes the second step where it is due; returns whether anything goes on waiting for it. */
  public boolean proceed() {
    if (held.isEmpty()) {
      return false;
    }
    long now = nanos.getAsLong();
    boolean all = heard.getAsBoolean();
    List<Published> due = new ArrayList<>();
    for (Held each : List.copyOf(held.values())) {
      Duration waited = Duration.ofNanos(now - each.since());
      boolean gone = left(each.last()).isEmpty();
      if (gone || waited.compareTo(MOST) >= 0 || all && waited.compareTo(LEAST) >= 0) {
        held.remove(each.last().id());
        due.add(each.last());
      }
    }
    tables.update(due, List.of());
    return !held.isEmpty();
  }
}
