package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.Fault;
import dev.marrow.proto.waypoint.Header;
import dev.marrow.proto.waypoint.HeaderModifier;
import dev.marrow.proto.waypoint.HttpFilter;
import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Reads a VirtualService for what Gateway API has no word for: faults and changes of headers for
 * all requests to a host, whatever routes they take. What else it says is not supported.
 */
public final class FaultReading {
  /** The hosts as written, and what is to be done to all their requests. */
  record Wishes(List<String> hosts, Optional<Extras> extras) {}

  /** What comes on top of every rule. */
  record Extras(Optional<Fault> fault, List<HttpFilter> filters) {
    Extras {
      filters = List.copyOf(filters);
    }

    HttpRule onto(HttpRule rule) {
      HttpRule.Builder builder = rule.toBuilder().addAllFilters(filters);
      fault.ifPresent(builder::setFault);
      return builder.build();
    }
  }

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

  static Wishes read(KubeObject object, List<String> errors, List<String> notes) {
    Fields spec = Fields.of(object.spec(), "spec", errors, notes);
    List<String> hosts = spec.texts("hosts");
    spec.unsupported("tcp", "tls", "gateways").ignore("exportTo");
    Optional<Extras> extras = Optional.empty();
    for (Fields http : spec.list("http")) {
      Optional<Fault> fault = http.optional("fault").map(FaultReading::fault);
      List<HttpFilter> filters =
          http.optional("headers").map(FaultReading::headers).orElse(List.of());
      boolean general = !http.has("match");
      if (general && extras.isEmpty() && (fault.isPresent() || !filters.isEmpty())) {
        extras = Optional.of(new Extras(fault, filters));
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
          "corsPolicy");
    }
    spec.done();
    return new Wishes(hosts, extras);
  }

  private static List<HttpFilter> headers(Fields headers) {
    List<HttpFilter> filters = new ArrayList<>();
    headers
        .optional("request")
        .map(FaultReading::modifier)
        .ifPresent(m -> filters.add(HttpFilter.newBuilder().setRequestHeaders(m).build()));
    headers
        .optional("response")
        .map(FaultReading::modifier)
        .ifPresent(m -> filters.add(HttpFilter.newBuilder().setResponseHeaders(m).build()));
    return filters;
  }

  private static HeaderModifier modifier(Fields part) {
    HeaderModifier.Builder builder = HeaderModifier.newBuilder();
    part.textMap("set")
        .forEach(
            (name, value) -> builder.addSet(Header.newBuilder().setName(name).setValue(value)));
    part.textMap("add")
        .forEach(
            (name, value) -> builder.addAdd(Header.newBuilder().setName(name).setValue(value)));
    return builder.addAllRemove(part.texts("remove")).build();
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
