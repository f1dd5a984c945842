package dev.marrow.controlplane.compile;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go and the Gateway API (GEP-2257) write them. */
final class Durations {
  private static final Pattern WHOLE =
      Pattern.compile("(\\d{1,9}(\\.\\d{1,9})?(h|m|s|ms|us|ns))+|0");
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|us|ns|h|m|s)");

  private Durations() {}

  static Optional<Duration> parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    Duration sum = Duration.ZERO;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      double nanos = Double.parseDouble(parts.group(1)) * unit(parts.group(2)).toNanos();
      sum = sum.plusNanos(Math.round(nanos));
    }
    return Optional.of(sum);
  }

  private static Duration unit(String unit) {
    return switch (unit) {
      case "h" -> Duration.ofHours(1);
      case "m" -> Duration.ofMinutes(1);
      case "s" -> Duration.ofSeconds(1);
      case "ms" -> Duration.ofMillis(1);
      case "us" -> Duration.ofNanos(1000);
      default -> Duration.ofNanos(1);
    };
  }
}
