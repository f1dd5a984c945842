package dev.marrow.ztunnel;

import dev.marrow.ztunnel.report.LogSink;
import dev.marrow.ztunnel.report.Metrics;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** What this process says about itself; the runtime's series stand in for tokio's. */
final class ProcessMetrics {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path LIMITS = Path.of("/proc/self/limits");

  private ProcessMetrics() {}

  static void register(Metrics metrics, LogSink log, EventLoopGroup group, String version) {
    metrics.gauge(
        "istio_build", "what this build is", () -> 1, "component", "ztunnel", "tag", version);
    metrics.gauge("process_open_fds", "open file descriptors", ProcessMetrics::openDescriptors);
    metrics.gauge("process_max_fds", "most file descriptors", ProcessMetrics::mostDescriptors);
    metrics.count(
        "marrow_log_dropped_total", "log lines lost, the writer was behind", log::dropped);
    metrics.count("marrow_log_written_total", "log lines written", log::written);
    Runtime runtime = Runtime.getRuntime();
    metrics.gauge(
        "marrow_heap_used_bytes",
        "heap in use",
        () -> runtime.totalMemory() - runtime.freeMemory());
    metrics.gauge("marrow_heap_max_bytes", "largest heap", runtime::maxMemory);
    metrics.gauge(
        "marrow_direct_memory_bytes",
        "memory of network buffers",
        () -> io.netty.util.internal.PlatformDependent.usedDirectMemory());
    var number = new AtomicInteger();
    group.forEach(executor -> {
      if (executor instanceof SingleThreadEventExecutor loop) {
        metrics.gauge(
            "marrow_event_loop_pending_tasks",
            "tasks waiting for an event loop",
            loop::pendingTasks,
            "loop",
            Integer.toString(number.getAndIncrement()));
      }
    });
    metrics.gauge("marrow_event_loops", "event loops", number::get);
  }

  private static double openDescriptors() {
    try (var entries = Files.list(DESCRIPTORS)) {
      return entries.count();
    } catch (IOException e) {
      return -1;
    }
  }

  private static double mostDescriptors() {
    try (var lines = Files.lines(LIMITS)) {
      return lines
          .filter(l -> l.startsWith("Max open files"))
          .mapToDouble(l -> Double.parseDouble(l.substring(15).strip().split("\\s+")[0]))
          .findFirst()
          .orElse(-1);
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }
}
