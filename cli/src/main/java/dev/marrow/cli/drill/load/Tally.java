package dev.marrow.cli.drill.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What became of the requests of one load. Thread-safe; times are of {@link System#nanoTime}. */
public final class Tally {
  private static final int MOST_TOLD = 2000;

  private final long begun;
  private final List<Failure> told = new ArrayList<>();
  private long[] latencies = new long[4096];
  private long sent;
  private int answered;
  private long failed;
  private long wrong;
  private long resent;
  private long bytes;
  private long lastAnswer;
  private long longestGap;
  private long longestGapAt;

  public Tally(long begun) {
    this.begun = begun;
    this.lastAnswer = begun;
  }

  synchronized void sent() {
    sent++;
  }

  synchronized void resent() {
    resent++;
  }

  synchronized void answered(long due, long now, int size) {
    if (answered == latencies.length) latencies = Arrays.copyOf(latencies, answered * 2);
    latencies[answered++] = now - due;
    bytes += size;
    if (now - lastAnswer > longestGap) {
      longestGap = now - lastAnswer;
      longestGapAt = lastAnswer - begun;
    }
    lastAnswer = Math.max(lastAnswer, now);
  }

  synchronized void failed(String kind, String from, String to, long due, long now, String why) {
    failed++;
    if (why.startsWith(WRONG)) wrong++;
    if (told.size() < MOST_TOLD) {
      told.add(
          new Failure(kind, from, to, (due - begun) / 1_000_000, (now - due) / 1_000_000, why));
    }
  }

  static final String WRONG = "wrong: ";

  /** Everything so far. */
  public synchronized Summary summary() {
    long[] sorted = Arrays.copyOf(latencies, answered);
    Arrays.sort(sorted);
    return new Summary(
        sent,
        answered,
        failed,
        wrong,
        resent,
        bytes,
        millis(sorted, 0.5),
        millis(sorted, 0.99),
        millis(sorted, 1),
        longestGap / 1e6,
        longestGapAt / 1e9,
        List.copyOf(told));
  }

  private static double millis(long[] sorted, double quantile) {
    if (sorted.length == 0) return 0;
    int at = (int) Math.min(sorted.length - 1L, (long) (quantile * sorted.length));
    return sorted[at] / 1e6;
  }

  /**
   * Sums of a load.
   *
   * @param sent requests that were due
   * @param resent requests sent again because a kept connection ended, or the peer refused the
   *     stream, before it had done anything (RFC 9110 section 9.2.2, RFC 9113 section 8.7)
   * @param longestGapMillis the longest time without any answer; it began at {@code gapAtSeconds}
   */
  public record Summary(
      long sent,
      long answered,
      long failed,
      long wrong,
      long resent,
      long bytes,
      double p50Millis,
      double p99Millis,
      double worstMillis,
      double longestGapMillis,
      double gapAtSeconds,
      List<Failure> failures) {}
}
