package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.balance.Ejections;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Traffic;
import java.util.HashMap;
import java.util.Map;

/**
 * Which workloads of one service failed too often in a row and are left out for a while; the while
 * grows with each ejection. At most a share of them is left out. Confined to its event loop.
 */
final class Outliers implements Ejections {
  private static final int SPARE = 64;

  private static final class Health {
    int errors;
    int gatewayErrors;
    int localFailures;
    int ejections;
    long ejectedUntil;
  }

  private final Map<String, Health> workloads = new HashMap<>();
  private Traffic.Outliers rules = Traffic.Outliers.OFF;
  private int endpoints = 1;

  void rules(Traffic.Outliers rules, int endpoints) {
    this.rules = rules;
    this.endpoints = Math.max(endpoints, 1);
  }

  @Override
  public boolean ejected(Workload workload) {
    Health health = workloads.get(workload.uid());
    long now = System.nanoTime();
    return health != null && health.ejectedUntil > now && enoughHealthy(now);
  }

  /** {@code status}: 0 for a failure without a response. */
  void observed(Workload workload, int status) {
    if (!rules.on()) {
      return;
    }
    Health health = workloads.computeIfAbsent(workload.uid(), uid -> new Health());
    forgetSome(health);
    boolean gateway = status == 0 || status >= 502 && status <= 504;
    health.errors = gateway || status >= 500 ? health.errors + 1 : 0;
    health.gatewayErrors = gateway ? health.gatewayErrors + 1 : 0;
    health.localFailures = status == 0 ? health.localFailures + 1 : 0;
    boolean eject =
        rules.consecutiveLocalFailures() > 0
                && health.localFailures >= rules.consecutiveLocalFailures()
            || rules.consecutive5xx() > 0 && health.errors >= rules.consecutive5xx()
            || rules.consecutiveGatewayErrors() > 0
                && health.gatewayErrors >= rules.consecutiveGatewayErrors();
    if (eject && mayEject()) {
      health.ejections++;
      health.errors = 0;
      health.gatewayErrors = 0;
      health.localFailures = 0;
      long duration = rules.baseEjection().toNanos() * Math.min(health.ejections, 10);
      health.ejectedUntil = System.nanoTime() + duration;
    }
  }

  /** Workloads come and go, and nobody tells us which have gone. */
  private void forgetSome(Health but) {
    if (workloads.size() > 2 * endpoints + SPARE) {
      long now = System.nanoTime();
      workloads.values().removeIf(health -> health != but && health.ejectedUntil <= now);
    }
  }

  /** How many are remembered. */
  int known() {
    return workloads.size();
  }

  /** With too few left, all are used again: better a bad one than all requests to one. */
  private boolean enoughHealthy(long now) {
    return rules.minHealthPercent() == 0
        || (endpoints - out(now)) * 100 >= (long) rules.minHealthPercent() * endpoints;
  }

  private long out(long now) {
    return workloads.values().stream().filter(h -> h.ejectedUntil > now).count();
  }

  private boolean mayEject() {
    long out = out(System.nanoTime());
    // As Envoy: one may always go, the share counts from the second on.
    return out == 0 || (out + 1) * 100 <= (long) rules.maxEjectionPercent() * endpoints;
  }
}
