package dev.marrow.mesh.file;

import dev.marrow.mesh.policy.AccountMatch;
import dev.marrow.mesh.policy.Criterion;
import dev.marrow.mesh.policy.Match;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.StringMatch;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes policies in the shape of the local file. */
final class PolicyJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private PolicyJson() {}

  static ObjectNode policy(Policy policy) {
    ObjectNode json = JSON.objectNode();
    json.put("name", policy.name());
    json.put("namespace", policy.namespace());
    json.put("scope", Words.of(Words.POLICY_SCOPE, policy.scope()));
    json.put("action", Words.of(Words.ACTION, policy.action()));
    json.set(
        "rules",
        array(
            policy.rules(),
            rule -> array(rule.clauses(), clause -> array(clause.matches(), PolicyJson::match))));
    if (policy.dryRun()) {
      json.put("dryRun", true);
    }
    return json;
  }

  private static ObjectNode match(Match match) {
    ObjectNode json = JSON.objectNode();
    put(json, "namespaces", "notNamespaces", match.namespaces(), PolicyJson::text);
    put(json, "principals", "notPrincipals", match.principals(), PolicyJson::text);
    put(json, "sourceIps", "notSourceIps", match.sources(), PolicyJson::plain);
    put(json, "destinationIps", "notDestinationIps", match.destinations(), PolicyJson::plain);
    put(json, "destinationPorts", "notDestinationPorts", match.ports(), JSON::numberNode);
    put(json, "serviceAccounts", "notServiceAccounts", match.accounts(), PolicyJson::account);
    return json;
  }

  private static <T> void put(
      ObjectNode json,
      String any,
      String none,
      Criterion<T> criterion,
      Function<T, JsonNode> write) {
    if (!criterion.any().isEmpty()) {
      json.set(any, array(criterion.any(), write));
    }
    if (!criterion.none().isEmpty()) {
      json.set(none, array(criterion.none(), write));
    }
  }

  private static JsonNode text(StringMatch text) {
    return switch (text) {
      case StringMatch.Exact(String value) -> JSON.objectNode().put("Exact", value);
      case StringMatch.Prefix(String value) -> JSON.objectNode().put("Prefix", value);
      case StringMatch.Suffix(String value) -> JSON.objectNode().put("Suffix", value);
      case StringMatch.Present() -> JSON.objectNode().set("Presence", JSON.arrayNode());
    };
  }

  private static JsonNode plain(Object value) {
    return JSON.stringNode(value.toString());
  }

  private static JsonNode account(AccountMatch account) {
    return JSON.objectNode()
        .put("namespace", account.namespace())
        .put("serviceAccount", account.serviceAccount());
  }

  private static <T> ArrayNode array(List<T> values, Function<T, JsonNode> write) {
    ArrayNode array = JSON.arrayNode();
    values.forEach(value -> array.add(write.apply(value)));
    return array;
  }
}
