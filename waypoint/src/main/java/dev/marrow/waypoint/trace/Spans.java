package dev.marrow.waypoint.trace;

import dev.marrow.waypoint.report.Metrics;
import dev.marrow.waypoint.report.RequestReport;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sends spans to a collector by the batch. Event loops only put a report into a bounded queue that
 * nobody waits at, so that a span wakes no thread; what finds it full is dropped and counted, so is
 * a batch that the collector does not take after several attempts. Thread-safe.
 */
public final class Spans implements AutoCloseable {
  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private final TraceSettings settings;
  private final Metrics metrics;
  private final BlockingQueue<RequestReport> queue;
  private final ManagedChannel channel;
  private final Resource resource;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread sender;

  private Spans(TraceSettings settings, Metrics metrics) {
    this.settings = settings;
    this.metrics = metrics;
    this.queue = new ArrayBlockingQueue<>(settings.queued());
    this.channel =
        Grpc.newChannelBuilderForAddress(
                settings.collector().getHost(),
                settings.port(),
                settings.tls()
                    ? TlsChannelCredentials.create()
                    : InsecureChannelCredentials.create())
            .build();
    Resource.Builder about = Resource.newBuilder();
    settings.resource().forEach((k, v) -> about.addAttributes(SpanMessage.attribute(k, v)));
    this.resource = about.build();
    this.sender = Thread.ofVirtual().name("spans").unstarted(this::run);
  }

  public static Spans start(TraceSettings settings, Metrics metrics) {
    Spans spans = new Spans(settings, metrics);
    spans.sender.start();
    return spans;
  }

  /** Takes the span of a request that is sampled; never blocks. */
  public void add(RequestReport report) {
    if (!queue.offer(report)) {
      dropped("queue_full", 1);
    }
  }

  private void run() {
    List<RequestReport> batch = new ArrayList<>(settings.batch());
    try {
      boolean open = true;
      while (open || !queue.isEmpty()) {
        if (queue.size() < settings.batch()) {
          open = !closed.await(settings.every().toNanos(), TimeUnit.NANOSECONDS);
        }
        queue.drainTo(batch, settings.batch());
        if (!batch.isEmpty()) {
          export(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      dropped("closed", batch.size() + queue.size());
    }
  }

  private void export(List<RequestReport> batch) throws InterruptedException {
    ScopeSpans.Builder spans = ScopeSpans.newBuilder();
    batch.forEach(report -> spans.addSpans(SpanMessage.of(report)));
    var request =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(spans))
            .build();
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++, pause = pause.multipliedBy(2)) {
      try {
        var answer =
            TraceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(settings.timeout())
                .export(request);
        long rejected = answer.getPartialSuccess().getRejectedSpans();
        dropped("rejected", rejected);
        metrics.add("marrow_waypoint_spans_exported_total", batch.size() - rejected);
        return;
      } catch (StatusRuntimeException e) {
        metrics.count(
            "marrow_waypoint_span_export_failures_total{code=\"%s\"}"
                .formatted(e.getStatus().getCode()));
        boolean last = attempt == ATTEMPTS || !retryable(e) || closed.getCount() == 0;
        if (last || closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
          dropped("export_failed", batch.size());
          return;
        }
      }
    }
  }

  /** As OTLP's specification tells clients to distinguish. */
  private static boolean retryable(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case CANCELLED,
          DEADLINE_EXCEEDED,
          ABORTED,
          OUT_OF_RANGE,
          UNAVAILABLE,
          DATA_LOSS,
          RESOURCE_EXHAUSTED ->
          true;
      default -> false;
    };
  }

  private void dropped(String reason, long count) {
    if (count > 0) {
      metrics.add("marrow_waypoint_spans_dropped_total{reason=\"" + reason + "\"}", count);
    }
  }

  /** Sends what is queued, for at most two seconds. */
  @Override
  public void close() {
    closed.countDown();
    try {
      if (!sender.join(Duration.ofSeconds(2))) {
        sender.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    channel.shutdownNow();
  }
}
