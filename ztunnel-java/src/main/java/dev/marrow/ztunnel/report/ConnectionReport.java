package dev.marrow.ztunnel.report;

import dev.marrow.ztunnel.report.LogLine.Bare;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One connection on its way into the access log and the metrics. Opened once its ends are known,
 * closed once, with or without an error. Confined to the event loop of the connection.
 */
public final class ConnectionReport {
  private final Reports reports;
  private final ConnectionFacts facts;
  private final long startNanos;
  private final TrafficSeries opened;
  private LongSupplier toDestination = () -> 0;
  private LongSupplier toSource = () -> 0;
  private long countedToDestination;
  private long countedToSource;
  private boolean closed;

  ConnectionReport(Reports reports, ConnectionFacts facts, long startNanos) {
    this.reports = reports;
    this.facts = facts;
    this.startNanos = startNanos;
    this.opened = reports.traffic().acquire(facts.labels(Flag.OK));
    opened.opened.increment();
    reports.traffic().open(facts.reporter()).increment();
    if (reports.access().shows(LogLevel.DEBUG)) {
      reports.access().write(LogLevel.DEBUG, "connection opened", addressed());
    }
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
    reports.traffic().open(facts.reporter()).decrement();
    TrafficSeries last = flag == Flag.OK ? opened : reports.traffic().acquire(facts.labels(flag));
    last.closed.increment();
    if (flag != Flag.OK) {
      last.failed.increment();
      reports.traffic().release(last);
    }
    reports.traffic().release(opened);
  }

  private List<Object> addressed() {
    var fields = new ArrayList<Object>(40);
    Party source = facts.source();
    Party destination = facts.destination();
    add(fields, "src.addr", new Bare(facts.sourceAddress()));
    add(fields, "src.workload", source.pod());
    add(fields, "src.namespace", source.namespace());
    add(fields, "src.identity", source.principal());
    add(fields, "src.cluster", source.cluster());
    add(fields, "dst.addr", new Bare(facts.destinationAddress()));
    add(fields, "dst.hbone_addr", new Bare(facts.tunnelAuthority()));
    add(fields, "dst.service", facts.service().host());
    add(fields, "dst.workload", destination.pod());
    add(fields, "dst.namespace", destination.namespace());
    add(fields, "dst.identity", facts.mutualTls() ? destination.principal() : "");
    add(fields, "dst.cluster", destination.cluster());
    add(fields, "direction", facts.reporter().direction());
    return fields;
  }

  private List<Object> complete(String error) {
    List<Object> fields = addressed();
    boolean source = facts.reporter() == Reporter.SOURCE;
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
