package dev.marrow.ztunnel.proxy;

import dev.marrow.mesh.balance.Ejections;
import dev.marrow.mesh.workload.Workload;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/**
 * Endpoints that recently could not be reached; they are avoided for a while. Confined to an event
 * loop.
 */
final class Outliers implements Ejections {
  private static final int MOST = 1024;

  private final SequencedMap<String, Long> untilNanos = new LinkedHashMap<>();
  private final long avoidNanos;
  private final LongSupplier nanos;

  Outliers(Duration avoid, LongSupplier nanos) {
    this.avoidNanos = avoid.toNanos();
    this.nanos = nanos;
  }

  void failed(String uid) {
    if (uid.isEmpty() || avoidNanos == 0) {
      return;
    }
    if (untilNanos.size() >= MOST) {
      untilNanos.pollFirstEntry();
    }
    untilNanos.put(uid, nanos.getAsLong() + avoidNanos);
  }

  void reached(String uid) {
    if (!untilNanos.isEmpty()) {
      untilNanos.remove(uid);
    }
  }

  @Override
  public boolean ejected(Workload workload) {
    Long until = untilNanos.isEmpty() ? null : untilNanos.get(workload.uid());
    if (until == null) {
      return false;
    }
    if (nanos.getAsLong() - until >= 0) {
      untilNanos.remove(workload.uid());
      return false;
    }
    return true;
  }
}
