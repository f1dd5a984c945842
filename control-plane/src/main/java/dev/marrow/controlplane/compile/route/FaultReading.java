package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.Fault;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Reads a VirtualService for the one thing that Gateway API has no word for: faults. What else it
 * says is not supported; a VirtualService without a fault has no effect and says so.
 */
public final class FaultReading {
  /** The hosts as written, and the fault for all their requests. */
  record Faults(List<String> hosts, Optional<Fault> fault) {}

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

  /** Checks {@code object}; what is wrong is added to {@code errors}. */
  public static void check(KubeObject object, List<String> errors) {
    read(object, errors, new ArrayList<>());
  }

  static Faults read(KubeObject object, List<String> errors, List<String> notes) {
    Fields spec = Fields.of(object.spec(), "spec", errors, notes);
    List<String> hosts = spec.texts("hosts");
    spec.unsupported("tcp", "tls", "gateways").ignore("exportTo");
    Optional<Fault> fault = Optional.empty();
    for (Fields http : spec.list("http")) {
      Optional<Fault> found = http.optional("fault").map(FaultReading::fault);
      boolean general = !http.has("match");
      if (general && fault.isEmpty()) {
        fault = found;
      }
      http.ignore("name");
      if (leadsTo(http.peek("route"), hosts)) {
        // A VirtualService that is there for its fault only has to name its own host.
        http.ignore("route");
      }
      http.unsupported(
          "match",
          "route",
          "redirect",
          "directResponse",
          "delegate",
          "rewrite",
          "timeout",
          "retries",
          "mirror",
          "mirrors",
          "mirrorPercentage",
          "mirrorPercent",
          "corsPolicy",
          "headers");
    }
    spec.done();
    return new Faults(hosts, fault);
  }

  private static boolean leadsTo(JsonNode route, List<String> hosts) {
    return route.size() == 1
        && hosts.contains(route.path(0).path("destination").path("host").stringValue(""))
        && route.path(0).path("destination").path("subset").isMissingNode();
  }

  private static Fault fault(Fields fault) {
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
    double value = part.optional("percentage").map(p -> p.fraction("value", 0)).orElse(whole);
    if (!(value >= 0 && value <= 100)) {
      part.reject("percentage", value + " (expected: 0 to 100)");
      return 0;
    }
    return value;
  }
}
