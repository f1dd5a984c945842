package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.Endpoint;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Leads a hash to an endpoint so that few hashes move when endpoints come and go. Immutable. */
sealed interface HashTable permits RingTable, MaglevTable {
  /** The first endpoint that will do, seen from {@code hash}; null if none will. */
  @Nullable Endpoint pick(long hash, Predicate<Endpoint> willDo);
}
