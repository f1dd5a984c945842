package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.Fault;
import java.util.Map;

/** Reads the failures that a VirtualService wants to be made. */
final class FaultReading {
  private static final Map<String, Integer> GRPC_CODES =
      Map.of(
          "CANCELLED", 1,
          "INVALID_ARGUMENT", 3,
          "DEADLINE_EXCEEDED", 4,
          "NOT_FOUND", 5,
          "PERMISSION_DENIED", 7,
          "RESOURCE_EXHAUSTED", 8,
          "UNIMPLEMENTED", 12,
          "INTERNAL", 13,
          "UNAVAILABLE", 14,
          "UNAUTHENTICATED", 16);

  private FaultReading() {}

  static Fault read(Fields fault) {
    Fault.Builder builder = Fault.newBuilder();
    fault
        .optional("delay")
        .ifPresent(delay -> {
          delay.duration("fixedDelay").map(Protos::duration).ifPresent(builder::setDelay);
          builder.setDelayPercent(percent(delay));
          delay.unsupported("exponentialDelay");
        });
    fault
        .optional("abort")
        .ifPresent(abort -> {
          builder.setAbortPercent(percent(abort));
          builder.setAbortStatus(
              abort.has("httpStatus") ? abort.number("httpStatus", 0, 200, 599) : 0);
          builder.setAbortGrpcStatus(abort.choice("grpcStatus", GRPC_CODES, 0));
          abort.unsupported("http2Error");
        });
    return builder.build();
  }

  private static double percent(Fields part) {
    double whole = part.fraction("percent", 100);
    return part.optional("percentage").map(p -> percent(p, 0)).orElse(whole);
  }

  /** The {@code value} of a percentage. */
  static double percent(Fields percentage, double otherwise) {
    double value = percentage.fraction("value", otherwise);
    if (!(value >= 0 && value <= 100)) {
      percentage.reject("value", value + " (expected: 0 to 100)");
      return 0;
    }
    return value;
  }
}
