package dev.marrow.conformance.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Policies as a peer reads them from ztunnel's local form: an evaluator of its own, so that the
 * kit's is checked as well. Thread-safe.
 */
final class PeerPolicies {
  private final Set<Defect> defects;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile JsonNode policies = new YAMLMapper().readTree("[]");

  PeerPolicies(Set<Defect> defects) {
    this.defects = defects;
  }

  /** The hook of the kit. */
  String apply(Map<String, String> environment) throws IOException {
    Path file = Path.of(environment.getOrDefault("KIT_POLICIES", ""), "local.yaml");
    policies = new YAMLMapper().readTree(Files.readString(file)).path("policies");
    listeners.forEach(Runnable::run);
    return "";
  }

  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** {@code id} without its scheme. */
  boolean allows(String id, String source, int port) {
    if (defects.contains(Defect.IGNORES_POLICIES)) {
      return true;
    }
    boolean denied = false;
    boolean allowing = false;
    boolean allowed = false;
    for (JsonNode policy : policies) {
      boolean matches =
          any(
              policy.path("rules"),
              rule -> all(rule, clause -> any(clause, m -> match(m, id, source, port))));
      boolean dryRun =
          policy.path("dryRun").asBoolean(false) && !defects.contains(Defect.ENFORCES_DRY_RUNS);
      if (dryRun) {
        continue;
      }
      boolean deny = policy.path("action").asString("").equals("Deny");
      denied |= deny && matches;
      allowing |= !deny;
      allowed |= !deny && matches;
    }
    if (defects.contains(Defect.LETS_ALLOW_WIN) && allowed) {
      return true;
    }
    return !denied && (!allowing || allowed);
  }

  private boolean match(JsonNode match, String id, String source, int port) {
    String[] parts = id.split("/", -1);
    String namespace = parts.length > 2 ? parts[2] : "";
    String account = parts.length > 4 ? parts[4] : "";
    return holds(match, "principals", p -> text(p, id))
        && holds(match, "namespaces", p -> text(p, namespace))
        && holds(
            match,
            "serviceAccounts",
            p ->
                p.path("namespace").asString("").equals(namespace)
                    && p.path("serviceAccount").asString("").equals(account))
        && holds(match, "sourceIps", p -> within(p.asString(""), source))
        && holds(match, "destinationPorts", p -> p.asInt(0) == port);
  }

  private static boolean holds(JsonNode match, String name, Predicate<JsonNode> test) {
    String not = "not" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    boolean some = match.path(name).isMissingNode() || any(match.path(name), test);
    return some && !any(match.path(not), test);
  }

  private boolean text(JsonNode pattern, String value) {
    String name = pattern.propertyNames().iterator().next();
    String text = pattern.path(name).asString("");
    return switch (name) {
      case "Exact" ->
          defects.contains(Defect.COMPARES_BEGINNINGS)
              ? value.startsWith(text)
              : value.equals(text);
      case "Prefix" -> value.startsWith(text);
      case "Suffix" -> value.endsWith(text);
      default -> !value.isEmpty();
    };
  }

  private static boolean within(String block, String address) {
    int slash = block.indexOf('/');
    int bits = slash < 0 ? 32 : Integer.parseInt(block.substring(slash + 1));
    long mask = bits == 0 ? 0 : -1L << 32 - bits;
    return (number(slash < 0 ? block : block.substring(0, slash)) & mask)
        == (number(address) & mask);
  }

  private static long number(String address) {
    long number = 0;
    for (String part : address.split("\\.")) {
      number = number << 8 | Long.parseLong(part);
    }
    return number;
  }

  private static boolean any(JsonNode list, Predicate<JsonNode> test) {
    for (JsonNode each : list) {
      if (test.test(each)) {
        return true;
      }
    }
    return false;
  }

  private static boolean all(JsonNode list, Predicate<JsonNode> test) {
    for (JsonNode each : list) {
      if (!test.test(each)) {
        return false;
      }
    }
    return true;
  }
}
