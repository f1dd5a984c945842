package dev.marrow.ztunnel.settings;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * How many event loops: {@code n}, {@code p%} of the cores, {@code 0} for all, or by itself. By
 * itself it is at most two, however many cores there are: a second loop buys throughput, a third
 * mostly memory and wake-ups.
 */
final class EventLoops {
  private static final int MOST_BY_ITSELF = 2;
  private static final BigDecimal MOST_CORES = BigDecimal.valueOf(1_000_000);

  private final Environment environment;
  private final int cores;

  EventLoops(Environment environment, int cores) {
    this.environment = environment;
    this.cores = cores;
  }

  int count() {
    int counted =
        environment
            .ifAny(
                Knob.ZTUNNEL_CPU_LIMIT, "a number of cores", v -> Optional.of(Integer.parseInt(v)))
            .filter(n -> n > 0)
            .orElse(cores);
    return environment
        .ifAny(Knob.ZTUNNEL_WORKER_THREADS, "n, p% or 0", v -> explicit(v, counted))
        .orElseGet(() -> byItself(counted));
  }

  private static Optional<Integer> explicit(String value, int cores) {
    if (value.endsWith("%")) {
      int percent = Integer.parseInt(value.substring(0, value.length() - 1));
      return percent < 1 || percent > 100
          ? Optional.empty()
          : Optional.of(Math.max(1, Math.ceilDiv(cores * percent, 100)));
    }
    int n = Integer.parseInt(value);
    return n < 0 || n > 1024 ? Optional.empty() : Optional.of(n == 0 ? cores : n);
  }

  private int byItself(int cores) {
    int limit = quantity(Knob.ZTUNNEL_RESOURCE_CPU_LIMIT);
    int request = quantity(Knob.ZTUNNEL_RESOURCE_CPU_REQUEST);
    int wanted =
        limit > 0
            ? Math.max(limit, request)
            : Math.max(Math.max(Math.ceilDiv(cores, 4), request), MOST_BY_ITSELF);
    return Math.min(wanted, MOST_BY_ITSELF);
  }

  private int quantity(Knob knob) {
    return environment.ifAny(knob, "a quantity such as 500m or 1.5", EventLoops::parse).orElse(0);
  }

  /** A Kubernetes quantity of CPUs, rounded up. */
  private static Optional<Integer> parse(String value) {
    boolean milli = value.endsWith("m");
    var number = new BigDecimal(milli ? value.substring(0, value.length() - 1) : value);
    BigDecimal whole = milli ? number.movePointLeft(3) : number;
    boolean sound = whole.signum() >= 0 && whole.compareTo(MOST_CORES) <= 0;
    return !sound
        ? Optional.empty()
        : Optional.of(whole.setScale(0, RoundingMode.CEILING).intValueExact());
  }
}
