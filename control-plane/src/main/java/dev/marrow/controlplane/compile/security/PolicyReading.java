package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.Ip;
import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.Selector;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads an AuthorizationPolicy strictly. */
public final class PolicyReading {
  private static final Map<String, PolicyFacts.Action> ACTIONS =
      Map.of(
          "ALLOW", PolicyFacts.Action.ALLOW,
          "DENY", PolicyFacts.Action.DENY,
          "AUDIT", PolicyFacts.Action.AUDIT,
          "CUSTOM", PolicyFacts.Action.CUSTOM);

  private static final List<String> SOURCE =
      List.of(
          "principals",
          "notPrincipals",
          "requestPrincipals",
          "notRequestPrincipals",
          "namespaces",
          "notNamespaces",
          "serviceAccounts",
          "notServiceAccounts",
          "ipBlocks",
          "notIpBlocks",
          "remoteIpBlocks",
          "notRemoteIpBlocks");
  private static final List<String> OPERATION =
      List.of(
          "hosts", "notHosts", "ports", "notPorts", "methods", "notMethods", "paths", "notPaths");
  private static final Set<String> PORTS = Set.of("ports", "notPorts");
  private static final Set<String> BLOCKS =
      Set.of("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks");
  private static final Set<String> KEYS =
      Set.of(
          "source.ip",
          "remote.ip",
          "source.namespace",
          "source.principal",
          "request.auth.principal",
          "request.auth.audiences",
          "request.auth.presenter",
          "destination.ip",
          "destination.port",
          "connection.sni");

  private PolicyReading() {}

  /** Reads {@code object}; what is wrong is added to {@code errors}. */
  public static PolicyFacts read(KubeObject object, List<String> errors) {
    Fields spec = Fields.of(object.spec(), "spec", errors);
    PolicyFacts.Action action = spec.choice("action", ACTIONS, PolicyFacts.Action.ALLOW);
    Optional<Selector> selector =
        spec.has("selector") ? Optional.of(selector(spec.object("selector"))) : Optional.empty();
    List<TargetRef> targets = TargetRef.read(spec);
    if (selector.isPresent() && !targets.isEmpty()) {
      spec.reject("selector", "with targetRefs (expected: one of the two)");
    }
    String provider = spec.optional("provider").map(p -> p.text("name")).orElse("");
    if (action == PolicyFacts.Action.CUSTOM && provider.isEmpty()) {
      spec.reject("provider", "missing (expected: the name of an extension provider)");
    }
    List<PolicyFacts.Rule> rules = spec.list("rules").stream().map(PolicyReading::rule).toList();
    spec.done();
    boolean dryRun = "true".equals(object.annotations().get(Labels.DRY_RUN));
    return new PolicyFacts(
        object.key(), action, selector.filter(s -> !s.empty()), targets, rules, dryRun, provider);
  }

  static Selector selector(Fields selector) {
    return new Selector(selector.textMap("matchLabels"), List.of());
  }

  private static PolicyFacts.Rule rule(Fields rule) {
    List<Map<String, List<String>>> from = new ArrayList<>();
    rule.list("from").forEach(f -> from.add(attributes(f.object("source"), SOURCE)));
    List<Map<String, List<String>>> to = new ArrayList<>();
    rule.list("to").forEach(t -> to.add(attributes(t.object("operation"), OPERATION)));
    List<PolicyFacts.Condition> when =
        rule.list("when").stream().map(PolicyReading::condition).toList();
    return new PolicyFacts.Rule(from, to, when);
  }

  private static Map<String, List<String>> attributes(Fields fields, List<String> names) {
    Map<String, List<String>> attributes = new LinkedHashMap<>();
    for (String name : names) {
      if (fields.has(name)) {
        List<String> values = fields.texts(name);
        values.forEach(value -> check(fields, name, value));
        attributes.put(name, List.copyOf(values));
      }
    }
    if (attributes.isEmpty()) {
      fields.reject("*", "nothing given (expected: one of %s)".formatted(names));
    }
    return attributes;
  }

  private static void check(Fields fields, String name, String value) {
    if (PORTS.contains(name) && !port(value)) {
      fields.reject(name, "'%s' (expected: a port)".formatted(value));
    }
    if (BLOCKS.contains(name) && Ip.parse(value).isEmpty()) {
      fields.reject(name, "'%s' (expected: an address or a block)".formatted(value));
    }
    boolean account = name.endsWith("erviceAccounts");
    if (account && !value.matches("[a-z0-9.-]+(/[a-z0-9.-]+)?")) {
      fields.reject(name, "'%s' (expected: account or namespace/account)".formatted(value));
    }
    if (value.isEmpty()) {
      fields.reject(name, "empty value");
    }
  }

  static boolean port(String value) {
    return value.matches("\\d{1,5}") && Integer.parseInt(value) <= 65535 && !value.equals("0");
  }

  private static PolicyFacts.Condition condition(Fields when) {
    String key = when.text("key");
    boolean known =
        KEYS.contains(key)
            || key.matches("request\\.headers\\[[^\\]]+\\]")
            || key.matches("request\\.auth\\.claims(\\[[^\\]]+\\])+");
    if (!known) {
      when.reject("key", "'%s' (expected: a key of Istio's conditions)".formatted(key));
    }
    List<String> values = when.texts("values");
    List<String> notValues = when.texts("notValues");
    if (values.isEmpty() && notValues.isEmpty()) {
      when.reject("values", "missing");
    }
    for (List<String> list : List.of(values, notValues)) {
      list.forEach(value -> check(when, key, value, list == values ? "values" : "notValues"));
    }
    return new PolicyFacts.Condition(key, values, notValues);
  }

  private static void check(Fields when, String key, String value, String field) {
    if (key.equals("destination.port") && !port(value)) {
      when.reject(field, "'%s' (expected: a port)".formatted(value));
    }
    if (key.endsWith(".ip") && Ip.parse(value).isEmpty()) {
      when.reject(field, "'%s' (expected: an address or a block)".formatted(value));
    }
  }
}
