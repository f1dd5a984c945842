package dev.marrow.ztunnel.report;

import dev.marrow.ztunnel.report.LogLine.Bare;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One connection on its way into the access log and the metrics. Opened once its ends are known,
 * closed once, with or without an error. Confined to the event loop of the connection.
 */
public final class ConnectionReport {
  private final Reports reports;
  private final InetSocketAddress client;
  private final InetSocketAddress hop;
  private final String tunnelAuthority;
  private final TrafficLabels labels;
  private final long startNanos;
  private final TrafficSeries opened;
  private LongSupplier toDestination = () -> 0;
  private LongSupplier toSource = () -> 0;
  private long countedToDestination;
  private long countedToSource;
  private boolean closed;

  ConnectionReport(Reports reports, ConnectionFacts facts, long startNanos) {
    this.reports = reports;
    this.client = facts.client();
    this.hop = facts.hop();
    this.tunnelAuthority = facts.tunnelAuthority();
    this.startNanos = startNanos;
    TrafficLabels found = facts.labels(Flag.OK);
    this.opened = reports.traffic().acquire(found);
    // All connections of a series share its labels: they are most of what is known of each.
    this.labels = opened.labels.equals(found) ? opened.labels : found;
    opened.opened.increment();
    reports.traffic().open(labels.reporter()).increment();
    if (reports.access().shows(LogLevel.DEBUG)) {
      reports.access().write(LogLevel.DEBUG, "connection opened", addressed());
    }
  }

  /** The end that was called. */
  public Party destination() {
    return labels.destination();
  }

  /** Where the bytes are counted from now on. */
  public void counting(LongSupplier bytesToDestination, LongSupplier bytesToSource) {
    this.toDestination = bytesToDestination;
    this.toSource = bytesToSource;
  }

  /** Adds the bytes moved since the last call to the metrics. */
  public void flush() {
    long forward = toDestination.getAsLong();
    long back = toSource.getAsLong();
    if (forward != countedToDestination) {
      opened.toDestination.add(forward - countedToDestination);
      countedToDestination = forward;
    }
    if (back != countedToSource) {
      opened.toSource.add(back - countedToSource);
      countedToSource = back;
    }
  }

  /** The end; {@code error} is empty when all went well. The second call does nothing. */
  public void close(Flag flag, String error) {
    close(flag, error.isEmpty() ? LogLevel.INFO : LogLevel.ERROR, error);
  }

  /** The end, logged at {@code level}. The second call does nothing. */
  public void close(Flag flag, LogLevel level, String error) {
    if (closed) {
      return;
    }
    closed = true;
    flush();
    count(flag);
    if (reports.access().shows(level)) {
      reports.access().write(level, "connection complete", complete(error));
    }
  }

  private void count(Flag flag) {
    reports.traffic().open(labels.reporter()).decrement();
    TrafficSeries last = flag == Flag.OK ? opened : reports.traffic().acquire(labels.flagged(flag));
    last.closed.increment();
    if (flag != Flag.OK) {
      last.failed.increment();
      reports.traffic().release(last);
    }
    reports.traffic().release(opened);
  }

  private List<Object> addressed() {
    var fields = new ArrayList<Object>(40);
    Party source = labels.source();
    Party destination = labels.destination();
    add(fields, "src.addr", new Bare(ConnectionFacts.text(client)));
    add(fields, "src.workload", source.pod());
    add(fields, "src.namespace", source.namespace());
    add(fields, "src.identity", source.principal());
    add(fields, "src.cluster", source.cluster());
    add(fields, "dst.addr", new Bare(ConnectionFacts.text(hop)));
    add(fields, "dst.hbone_addr", new Bare(tunnelAuthority));
    add(fields, "dst.service", labels.service().host());
    add(fields, "dst.workload", destination.pod());
    add(fields, "dst.namespace", destination.namespace());
    add(fields, "dst.identity", labels.mutualTls() ? destination.principal() : "");
    add(fields, "dst.cluster", destination.cluster());
    add(fields, "direction", labels.reporter().direction());
    return fields;
  }

  private List<Object> complete(String error) {
    List<Object> fields = addressed();
    boolean source = labels.reporter() == Reporter.SOURCE;
    add(fields, "bytes_sent", source ? countedToDestination : countedToSource);
    add(fields, "bytes_recv", source ? countedToSource : countedToDestination);
    add(fields, "duration", (reports.nanoTime() - startNanos) / 1_000_000 + "ms");
    add(fields, "error", error);
    return fields;
  }

  private static void add(List<Object> fields, String name, Object value) {
    fields.add(name);
    fields.add(value);
  }
}
