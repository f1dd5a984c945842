package dev.marrow.cli.local.screen;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who talks to whom, from two readings of the proxies' counters. Pure.
 *
 * @param flows the busiest first
 */
public record Traffic(List<Flow> flows) {
  /**
   * One line of the screen.
   *
   * @param tunnel how it is carried: HBONE, plain, or the requests a waypoint saw
   * @param perSecond new connections, or requests at a waypoint
   */
  public record Flow(
      String source,
      String destination,
      String tunnel,
      double perSecond,
      double bytesPerSecond,
      long failed) {}

  private record Key(String source, String destination, String tunnel) {}

  /** Counters by what they count. */
  public record Reading(long nanos, List<Sample> samples) {
    public Reading {
      samples = List.copyOf(samples);
    }
  }

  private static final class Sums {
    private double count;
    private double bytes;
    private double failed;

    private void add(String what, double value) {
      if (what.endsWith("_bytes_total")) bytes += value;
      else if (what.equals("istio_tcp_connections_failed_total")) failed += value;
      else count += value;
    }
  }

  /** What happened between two readings. */
  public static Traffic between(Reading before, Reading after) {
    double seconds = Math.max(0.001, (after.nanos() - before.nanos()) / 1e9);
    Map<Key, Sums> old = sums(before.samples());
    List<Flow> flows = new ArrayList<>();
    sums(after.samples())
        .forEach((key, now) -> {
          Sums then = old.getOrDefault(key, new Sums());
          flows.add(
              new Flow(
                  key.source(),
                  key.destination(),
                  key.tunnel(),
                  Math.max(0, now.count - then.count) / seconds,
                  Math.max(0, now.bytes - then.bytes) / seconds,
                  Math.round(Math.max(0, now.failed - then.failed))));
        });
    flows.removeIf(
        flow -> flow.perSecond() == 0 && flow.bytesPerSecond() == 0 && flow.failed() == 0);
    flows.sort(
        Comparator.comparingDouble(Flow::perSecond).thenComparing(Flow::bytesPerSecond).reversed());
    return new Traffic(flows);
  }

  private static Map<Key, Sums> sums(List<Sample> samples) {
    Map<Key, Sums> sums = new HashMap<>();
    for (Sample sample : samples) {
      switch (sample.name()) {
        case "istio_tcp_connections_opened_total",
            "istio_tcp_connections_failed_total",
            "istio_tcp_sent_bytes_total",
            "istio_tcp_received_bytes_total" -> {
          // Both ends report; a client outside the mesh is only seen by the server's end.
          boolean tunnel = sample.label("connection_security_policy").equals("mutual_tls");
          boolean source = sample.label("reporter").equals("source");
          if (source || !tunnel) {
            String how = tunnel ? "HBONE" : source ? "plain" : "plain, in";
            sums.computeIfAbsent(key(sample, how), key -> new Sums())
                .add(sample.name(), sample.value());
          }
        }
        case "istio_requests_total" -> {
          String how = "waypoint " + sample.label("response_code");
          sums.computeIfAbsent(key(sample, how), key -> new Sums())
              .add(sample.name(), sample.value());
        }
        default -> {}
      }
    }
    return sums;
  }

  private static Key key(Sample sample, String tunnel) {
    String service = sample.label("destination_service_name");
    String destination = known(service) ? service : sample.label("destination_workload");
    return new Key(name(sample.label("source_workload")), name(destination), tunnel);
  }

  private static boolean known(String name) {
    return !name.isEmpty() && !name.equals("unknown");
  }

  private static String name(String name) {
    return known(name) ? name : "(outside)";
  }
}
