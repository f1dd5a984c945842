package dev.marrow.controlplane.compile.route;

import com.google.protobuf.Duration;
import dev.marrow.proto.waypoint.StringMatch;

/** Small values as messages. */
final class Protos {
  private Protos() {}

  static Duration duration(java.time.Duration value) {
    return Duration.newBuilder().setSeconds(value.getSeconds()).setNanos(value.getNano()).build();
  }

  static StringMatch exact(String text) {
    return StringMatch.newBuilder().setExact(text).build();
  }

  static StringMatch regex(String text) {
    return StringMatch.newBuilder().setRegex(text).build();
  }

  /** Istio's words: {@code *} is present, {@code a*} a prefix, {@code *a} a suffix. */
  static StringMatch wildcard(String text) {
    StringMatch.Builder match = StringMatch.newBuilder();
    if (text.equals("*")) {
      return match.setPresent(true).build();
    }
    if (text.startsWith("*")) {
      return match.setSuffix(text.substring(1)).build();
    }
    return text.endsWith("*")
        ? match.setPrefix(text.substring(0, text.length() - 1)).build()
        : match.setExact(text).build();
  }
}
