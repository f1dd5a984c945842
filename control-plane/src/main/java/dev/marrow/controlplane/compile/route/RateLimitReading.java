package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.proto.waypoint.Backend;
import dev.marrow.proto.waypoint.GlobalRateLimit;
import dev.marrow.proto.waypoint.LocalRateLimit;
import dev.marrow.proto.waypoint.RateLimit;
import dev.marrow.resources.KubeObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads our RateLimit ({@code marrow.dev/v1alpha1}) strictly. */
public final class RateLimitReading {
  private RateLimitReading() {}

  /** Checks {@code object}; what is wrong is added to {@code errors}. */
  public static void check(KubeObject object, List<String> errors) {
    read(object, errors);
  }

  private static LocalRateLimit local(Fields local) {
    int tokens = local.number("tokens", 0, 0, 1_000_000_000);
    if (tokens == 0) {
      local.reject("tokens", "missing (expected: 1 to 1000000000)");
    }
    return LocalRateLimit.newBuilder()
        .setTokens(tokens)
        .setFillInterval(
            Protos.duration(local.duration("fillInterval").orElse(Duration.ofSeconds(1))))
        .setBurst(local.number("burst", 0, 0, 1_000_000_000))
        .build();
  }

  /** The service is a hostname of the mesh: {@code name.namespace.svc.cluster.local}. */
  private static GlobalRateLimit global(Fields global, KubeObject object) {
    String host = global.text("host");
    String[] parts = host.split("\\.", -1);
    boolean cluster = parts.length > 3 && parts[2].equals("svc");
    String namespace = global.text("namespace", cluster ? parts[1] : object.namespace());
    GlobalRateLimit.Builder builder =
        GlobalRateLimit.newBuilder()
            .setService(
                Backend.newBuilder()
                    .setNamespace(namespace)
                    .setHostname(host)
                    .setPort(global.number("port", 8081, 1, 65_535)))
            .setDomain(global.text("domain"))
            .setFailOpen(global.flag("failOpen", true));
    global.duration("timeout").map(Protos::duration).ifPresent(builder::setTimeout);
    return builder.build();
  }

  static RateLimit read(KubeObject object, List<String> errors) {
    Fields spec = Fields.of(object.spec(), "spec", errors, new ArrayList<>());
    if (TargetRef.read(spec).isEmpty()) {
      spec.reject("targetRefs", "missing (expected: a Gateway, Service or ServiceEntry)");
    }
    RateLimit.Builder limit =
        RateLimit.newBuilder().setName(object.namespace() + "/" + object.name());
    if (spec.has("local") == spec.has("global")) {
      spec.reject("local", "expected: either local or global");
    }
    spec.optional("local").ifPresent(local -> limit.setLocal(local(local)));
    spec.optional("global").ifPresent(global -> limit.setGlobal(global(global, object)));
    for (String per : spec.texts("per")) {
      if (!per.matches(
          "source\\.principal|source\\.namespace|request\\.path|route|request\\.header:.+")) {
        spec.reject("per", "'%s' (expected: source.principal, source.namespace, …)".formatted(per));
      }
      limit.addPer(per);
    }
    spec.list("matches").forEach(match -> limit.addMatches(HttpMatches.http(match)));
    spec.done();
    return limit.build();
  }
}
