package dev.marrow.it.mesh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What one of the mesh's programs says of itself: in its log and in its metrics. */
record Program(Path log, String namespace) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Where the log ends now. */
  long mark() throws IOException {
    return Files.size(log);
  }

  /** What was logged since {@code mark}. */
  String since(long mark) throws IOException {
    byte[] all = Files.readAllBytes(log);
    int from = (int) Math.min(mark, all.length);
    return new String(all, from, all.length - from, StandardCharsets.UTF_8);
  }

  /** Waits until {@code text} is in the log. */
  void awaitLog(long mark, String text) throws Exception {
    Await.until("'" + text + "' in " + log, PATIENCE, () -> since(mark).contains(text));
  }

  /** The sum of all series whose text contains every one of {@code words}. */
  double metric(String... words) throws IOException {
    Shell.Output page =
        Shell.run(
            Map.of(),
            PATIENCE,
            List.of(
                "ip", "netns", "exec", namespace, "curl", "-sf", "http://127.0.0.1:15020/metrics"));
    return page.text()
        .lines()
        .filter(line -> !line.startsWith("#") && List.of(words).stream().allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
