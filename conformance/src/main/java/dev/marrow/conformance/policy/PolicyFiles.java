package dev.marrow.conformance.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Policies as others read them: as objects of Kubernetes, and as ztunnel's local file. Both are
 * written as JSON, which is YAML.
 */
public final class PolicyFiles {
  private static final JsonMapper JSON = JsonMapper.shared();

  private PolicyFiles() {}

  /** {@code AuthorizationPolicy} objects, one document each. */
  public static String objects(String namespace, List<Policy> policies) {
    StringBuilder out = new StringBuilder();
    for (Policy policy : policies) {
      Map<String, Object> metadata = new LinkedHashMap<>();
      metadata.put("name", policy.name());
      metadata.put("namespace", namespace);
      if (policy.dryRun()) {
        metadata.put("annotations", Map.of("istio.io/dry-run", "true"));
      }
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("apiVersion", "security.istio.io/v1");
      object.put("kind", "AuthorizationPolicy");
      object.put("metadata", metadata);
      object.put(
          "spec",
          Map.of(
              "action",
              policy.action().name(),
              "rules",
              policy.rules().stream().map(PolicyFiles::rule).toList()));
      out.append("---\n").append(JSON.writeValueAsString(object)).append('\n');
    }
    return out.toString();
  }

  private static Map<String, Object> rule(Policy.Rule rule) {
    Map<String, Object> out = new LinkedHashMap<>();
    if (!rule.from().isEmpty()) {
      out.put("from", rule.from().stream().map(m -> Map.of("source", words(m))).toList());
    }
    if (!rule.to().isEmpty()) {
      out.put("to", rule.to().stream().map(m -> Map.of("operation", words(m))).toList());
    }
    return out;
  }

  private static Map<String, Object> words(Match match) {
    Map<String, Object> out = new LinkedHashMap<>();
    match
        .any()
        .forEach((a, ps) -> out.put(a.word(false), ps.stream().map(Pattern::words).toList()));
    match
        .none()
        .forEach((a, ps) -> out.put(a.word(true), ps.stream().map(Pattern::words).toList()));
    return out;
  }

  /** {@code policies:} of ztunnel's local file. */
  public static String local(String namespace, List<Policy> policies) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Policy policy : policies) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("name", policy.name());
      out.put("namespace", namespace);
      out.put("scope", "Namespace");
      out.put("action", capital(policy.action().name()));
      out.put("rules", policy.rules().stream().map(PolicyFiles::clauses).toList());
      if (policy.dryRun()) {
        out.put("dryRun", true);
      }
      all.add(out);
    }
    return "policies: " + JSON.writeValueAsString(all) + "\n";
  }

  private static List<Object> clauses(Policy.Rule rule) {
    List<Object> out = new ArrayList<>();
    for (List<Match> matches : List.of(rule.from(), rule.to())) {
      if (!matches.isEmpty()) {
        out.add(matches.stream().map(PolicyFiles::fields).toList());
      }
    }
    return out;
  }

  private static Map<String, Object> fields(Match match) {
    Map<String, Object> out = new LinkedHashMap<>();
    match.any().forEach((a, ps) -> out.put(field(a, false), values(a, ps)));
    match.none().forEach((a, ps) -> out.put(field(a, true), values(a, ps)));
    return out;
  }

  private static String field(Attribute attribute, boolean not) {
    String name =
        switch (attribute) {
          case PRINCIPALS -> "principals";
          case NAMESPACES -> "namespaces";
          case SERVICE_ACCOUNTS -> "serviceAccounts";
          case SOURCE_IPS -> "sourceIps";
          case DESTINATION_PORTS -> "destinationPorts";
        };
    return not ? "not" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) : name;
  }

  private static List<Object> values(Attribute attribute, List<Pattern> patterns) {
    return patterns.stream()
        .<Object>map(p ->
            switch (attribute) {
              case PRINCIPALS, NAMESPACES -> form(p);
              case SERVICE_ACCOUNTS -> account(p.text());
              case SOURCE_IPS -> p.text();
              case DESTINATION_PORTS -> Integer.parseInt(p.text());
            })
        .toList();
  }

  private static Map<String, Object> form(Pattern pattern) {
    return switch (pattern.form()) {
      case EXACT -> Map.of("Exact", pattern.text());
      case PREFIX -> Map.of("Prefix", pattern.text());
      case SUFFIX -> Map.of("Suffix", pattern.text());
      case PRESENT -> Map.of("Presence", List.of());
    };
  }

  private static Map<String, Object> account(String text) {
    int slash = text.indexOf('/');
    return Map.of(
        "namespace", text.substring(0, slash), "serviceAccount", text.substring(slash + 1));
  }

  private static String capital(String word) {
    return word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
  }
}
