package dev.marrow.ztunnel.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogSinkTest {
  @Test
  void linesOfManyThreadsAreAllWrittenAndThoseOfOneInTheirOrder() throws Exception {
    var out = new ByteArrayOutputStream();
    List<Thread> threads = new ArrayList<>();
    try (var sink = new LogSink(out, false, 10_000)) {
      var logs = new Logs(sink, LogFilter.parse("info"), Clock.systemUTC());
      for (int t = 0; t < 4; t++) {
        Log log = logs.scope("thread" + t);
        threads.add(Thread.ofVirtual().start(() -> write(log, 500)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(2000);
    assertThat(lines.stream().filter(line -> line.contains("\tthread2\t")))
        .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)))
        .hasSize(500);
  }

  @Test
  void aLineThatCannotBeFormattedTakesNoOtherWithIt() {
    var out = new ByteArrayOutputStream();
    Object bad =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("a mistake");
          }
        };
    try (var sink = new LogSink(out, false, 10)) {
      Log log = new Logs(sink, LogFilter.parse("info"), Clock.systemUTC()).scope("x");
      log.warn("bad", "value", bad);
      log.info("good");
    }

    assertThat(out.toString(StandardCharsets.UTF_8)).contains("good").doesNotContain("bad");
  }

  @Test
  void aSingleLineIsWrittenWithoutWaitingForOthers() throws Exception {
    BlockingQueue<String> written = new LinkedBlockingQueue<>();
    var out =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            written.add(toString(StandardCharsets.UTF_8));
          }
        };
    try (var sink = new LogSink(out, false, 10)) {
      new Logs(sink, LogFilter.parse("info"), Clock.systemUTC()).scope("x").info("alone");

      assertThat(written.poll(10, TimeUnit.SECONDS)).contains("alone");
    }
  }

  @Test
  void withoutLinesTheWriterSleepsUntilThereIsOne() {
    try (var sink = new LogSink(new ByteArrayOutputStream(), false, 10)) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (sink.writer.getState() != Thread.State.WAITING && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }

      assertThat(sink.writer.getState())
          .as("not TIMED_WAITING: nothing wakes it but a line")
          .isEqualTo(Thread.State.WAITING);
    }
  }

  private static void write(Log log, int count) {
    for (int i = 0; i < count; i++) {
      log.info("line", "n", i);
    }
  }

  private static int number(String line) {
    return Integer.parseInt(line.substring(line.lastIndexOf('=') + 1));
  }
}
