package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.proto.waypoint.Telemetry;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads a Telemetry strictly. */
public final class TelemetryReading {
  /** What it wants, and whether it is about certain targets only. */
  record Wishes(Telemetry telemetry, boolean attached, boolean selects) {}

  /** What a waypoint can put into a label. */
  private static final Pattern METRIC_VALUE =
      Pattern.compile("'[^'\"]*'|\"[^'\"]*\"|request\\.(host|method|protocol)");

  private TelemetryReading() {}

  /** Checks {@code object}; what is wrong is added to {@code errors}. */
  public static void check(KubeObject object, List<String> errors) {
    read(object, errors, new ArrayList<>());
  }

  static Wishes read(KubeObject object, List<String> errors, List<String> notes) {
    Fields spec = Fields.of(object.spec(), "spec", errors, notes);
    boolean attached = !TargetRef.read(spec).isEmpty();
    boolean selects = spec.has("selector");
    spec.unsupported("selector");
    Telemetry.Builder telemetry = Telemetry.newBuilder();
    spec.list("accessLogging").forEach(logging -> logging(logging, telemetry));
    spec.list("metrics").forEach(metrics -> metrics(metrics, telemetry));
    spec.list("tracing").forEach(tracing -> tracing(tracing, telemetry));
    spec.done();
    return new Wishes(telemetry.build(), attached, selects);
  }

  private static void logging(Fields logging, Telemetry.Builder into) {
    logging.ignore("providers", "match");
    into.setAccessLogDisabled(logging.flag("disabled", false));
    logging
        .optional("filter")
        .map(filter -> filter.text("expression", ""))
        .ifPresent(expression -> {
          boolean known = expression.strip().matches("response\\.code >= [1-9][0-9]{2}");
          if (known) {
            into.setAccessLogFilter(expression.strip());
          } else {
            logging.reject("filter", "'%s' (expected: response.code >= N)".formatted(expression));
          }
        });
  }

  private static void metrics(Fields metrics, Telemetry.Builder into) {
    metrics.ignore("providers", "reportingInterval");
    for (Fields override : metrics.list("overrides")) {
      override.ignore("match").unsupported("disabled");
      Fields tags = override.object("tagOverrides");
      for (String tag : tags.names()) {
        Fields wish = tags.object(tag);
        wish.ignore("operation");
        String value = wish.text("value", "");
        if (value.isEmpty() || METRIC_VALUE.matcher(value).matches()) {
          into.putMetricTags(tag, value);
        } else {
          wish.reject(
              "value",
              "'%s' (expected: '\"text\"', %s)"
                  .formatted(value, "request.host, request.method or request.protocol"));
        }
      }
    }
  }

  private static void tracing(Fields tracing, Telemetry.Builder into) {
    tracing
        .ignore("match", "providers", "enableIstioTags")
        .unsupported("useRequestIdForTraceSampling");
    into.setTraceDisabled(tracing.flag("disableSpanReporting", false));
    if (tracing.names().contains("randomSamplingPercentage")) {
      into.setTraceSamplingPercent(tracing.fraction("randomSamplingPercentage", 0));
    }
    Fields tags = tracing.object("customTags");
    for (String tag : tags.names()) {
      Fields wish = tags.object(tag);
      wish.unsupported("environment", "header", "formatter");
      into.putTraceTags(tag, wish.object("literal").text("value", ""));
    }
  }
}
