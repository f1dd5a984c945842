package dev.marrow.waypoint.compile;

import dev.marrow.http.HeaderName;
import dev.marrow.proto.waypoint.HttpBackend;
import dev.marrow.proto.waypoint.HttpFilter;
import dev.marrow.proto.waypoint.HttpMatch;
import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.NamedMatch;
import dev.marrow.proto.waypoint.RetryPolicy;
import dev.marrow.waypoint.route.Fault;
import dev.marrow.waypoint.route.FieldMatch;
import dev.marrow.waypoint.route.QueryMatch;
import dev.marrow.waypoint.route.RateLimit;
import dev.marrow.waypoint.route.RequestMatch;
import dev.marrow.waypoint.route.Retry;
import dev.marrow.waypoint.route.Rule;
import dev.marrow.waypoint.route.RuleTimeouts;
import dev.marrow.waypoint.route.Session;
import dev.marrow.waypoint.route.WeightedBackend;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles rules of HTTPRoutes and GRPCRoutes. */
final class RuleCompiler {
  private static final Duration BACKOFF = Duration.ofMillis(25);

  /** As Envoy's filter waits, which most people know. */
  private static final Duration RATE_LIMIT_TIMEOUT = Duration.ofMillis(20);

  /** What matches may look at like at fields. */
  private static final Set<String> PSEUDO = Set.of(":method", ":authority", ":scheme");

  private RuleCompiler() {}

  static Rule rule(HttpRule rule) {
    return new Rule(
        rule.getRoute(),
        rule.getRule(),
        rule.getHostnamesList().stream().map(h -> h.toLowerCase(Locale.ROOT)).toList(),
        rule.getMatchesList().stream().map(RuleCompiler::match).toList(),
        filters(rule.getFiltersList()),
        rule.getBackendsList().stream().map(RuleCompiler::backend).toList(),
        timeouts(rule),
        rule.hasRetry() ? retry(rule.getRetry()) : Retry.STANDARD,
        session(rule),
        rule.getRateLimitsList().stream().map(RuleCompiler::rateLimit).toList(),
        rule.hasFault() ? fault(rule.getFault()) : Fault.NONE);
  }

  static RequestMatch match(HttpMatch match) {
    return new RequestMatch(
        Values.path(match.hasPath(), match.getPath()),
        match.getMethod(),
        match.getHeadersList().stream().map(RuleCompiler::field).toList(),
        match.getQueryList().stream().map(RuleCompiler::query).toList());
  }

  private static FieldMatch field(NamedMatch match) {
    HeaderName name =
        PSEUDO.contains(match.getName())
            ? HeaderName.of(match.getName())
            : Values.name(match.getName());
    return new FieldMatch(name, Values.text(match.getValue()), match.getInvert());
  }

  private static QueryMatch query(NamedMatch match) {
    return new QueryMatch(match.getName(), Values.text(match.getValue()), match.getInvert());
  }

  private static List<dev.marrow.waypoint.route.Filter> filters(List<HttpFilter> filters) {
    return filters.stream().map(FilterCompiler::filter).toList();
  }

  private static WeightedBackend backend(HttpBackend backend) {
    return new WeightedBackend(
        Values.backend(backend.getBackend()),
        backend.getWeight(),
        filters(backend.getFiltersList()));
  }

  private static RuleTimeouts timeouts(HttpRule rule) {
    return new RuleTimeouts(
        Values.duration(rule.getTimeouts().getRequest()),
        Values.duration(rule.getTimeouts().getBackendRequest()));
  }

  private static Retry retry(RetryPolicy retry) {
    Set<Retry.Condition> conditions = new HashSet<>();
    retry.getConditionsList().forEach(text -> conditions.add(Retry.Condition.parse(text)));
    if (conditions.isEmpty()) {
      conditions.addAll(Retry.STANDARD.conditions());
    }
    return new Retry(
        retry.getAttempts(),
        new HashSet<>(retry.getCodesList()),
        Values.duration(retry.hasBackoff(), retry.getBackoff(), BACKOFF),
        Values.duration(retry.getPerTryTimeout()),
        conditions);
  }

  private static @Nullable Session session(HttpRule rule) {
    if (!rule.hasSession()) {
      return null;
    }
    var session = rule.getSession();
    String name = session.getName().isEmpty() ? "marrow-session" : session.getName();
    Values.name(name);
    Duration absolute = Values.duration(session.getAbsoluteTimeout());
    return new Session(session.getHeader(), name, absolute, session.getPermanentCookie());
  }

  private static Fault fault(dev.marrow.proto.waypoint.Fault fault) {
    percent("delay percent", fault.getDelayPercent());
    percent("abort percent", fault.getAbortPercent());
    int status = fault.getAbortStatus();
    if (status != 0 && (status < 200 || status > 599)) {
      throw Values.wrong("abort status", status, "200 to 599");
    }
    return new Fault(
        Values.duration(fault.getDelay()),
        fault.getDelayPercent(),
        status,
        fault.getAbortGrpcStatus(),
        fault.getAbortPercent());
  }

  private static void percent(String name, double value) {
    if (!(value >= 0 && value <= 100)) {
      throw Values.wrong(name, value, "0 to 100");
    }
  }

  static RateLimit rateLimit(dev.marrow.proto.waypoint.RateLimit limit) {
    return switch (limit.getKindCase()) {
      case LOCAL -> {
        var local = limit.getLocal();
        int tokens = local.getTokens();
        yield new RateLimit.Local(
            limit.getName(),
            tokens,
            Values.duration(
                local.hasFillInterval(), local.getFillInterval(), Duration.ofSeconds(1)),
            local.getBurst() == 0 ? tokens : local.getBurst(),
            limit.getPerList().stream().map(RuleCompiler::key).toList(),
            limit.getMatchesList().stream().map(RuleCompiler::match).toList());
      }
      case GLOBAL -> {
        var global = limit.getGlobal();
        yield new RateLimit.Global(
            limit.getName(),
            Values.backend(global.getService()),
            global.getDomain(),
            Values.duration(global.hasTimeout(), global.getTimeout(), RATE_LIMIT_TIMEOUT),
            global.getFailOpen(),
            limit.getPerList().stream().map(RuleCompiler::key).toList(),
            limit.getMatchesList().stream().map(RuleCompiler::match).toList());
      }
      case KIND_NOT_SET ->
          throw Values.wrong("rate limit " + limit.getName(), "none", "local or global");
    };
  }

  private static RateLimit.Key key(String per) {
    return switch (per) {
      case "source.principal" -> new RateLimit.Key.SourcePrincipal();
      case "source.namespace" -> new RateLimit.Key.SourceNamespace();
      case "request.path" -> new RateLimit.Key.Path();
      case "route" -> new RateLimit.Key.Route();
      default -> {
        String header = "request.header:";
        if (!per.startsWith(header)) {
          throw Values.wrong("rate limit per", per, "source.principal, request.header:x, …");
        }
        yield new RateLimit.Key.Header(Values.name(per.substring(header.length())));
      }
    };
  }
}
