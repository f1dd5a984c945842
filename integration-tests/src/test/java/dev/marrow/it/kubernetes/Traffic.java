package dev.marrow.it.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the customers of a pod say about their requests: half on kept, half on new connections, none
 * sent twice.
 *
 * @param ok answered well so far
 */
record Traffic(long ok, long failed, List<String> failures) {
  private static final Pattern REPORT =
      Pattern.compile("^ok (\\d+), failed (\\d+)", Pattern.MULTILINE);

  static Traffic of(String namespace, String pod) throws IOException {
    String log = Cluster.kubectl("-n", namespace, "logs", pod, "--tail=-1");
    long ok = 0;
    long failed = 0;
    for (Matcher report = REPORT.matcher(log); report.find(); ) {
      ok += Long.parseLong(report.group(1));
      failed += Long.parseLong(report.group(2));
    }
    List<String> failures = log.lines().filter(line -> line.startsWith("failed:")).toList();
    return new Traffic(ok, failed, failures);
  }

  /**
   * Waits until some further requests were answered.
   *
   * @param requests of customers who ask 500 times a second; fewer in proportion if they ask less
   *     often
   */
  static Traffic after(String namespace, String pod, long requests) throws Exception {
    long more = requests * Cluster.requestsPerSecond() / 500;
    Traffic before = of(namespace, pod);
    Cluster.until(
        more + " more requests of " + pod,
        Duration.ofSeconds(60),
        () -> of(namespace, pod).ok >= before.ok + more);
    return of(namespace, pod);
  }

  /** What failed since then, and how often. */
  Map<String, Long> failuresSince(Traffic earlier) {
    return failures.subList(earlier.failures.size(), failures.size()).stream()
        .collect(Collectors.groupingBy(line -> line, TreeMap::new, Collectors.counting()));
  }
}
