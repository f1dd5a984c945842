package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A VirtualService whose rules that delegate are replaced by those of the VirtualServices they
 * name. Delegates have no hosts and delegate nothing themselves.
 *
 * @param missing where a delegate is named that is not there, or may not be used
 */
public record Delegation(KubeObject complete, List<String> missing) {
  /** What a delegate's rule takes over from the rule that delegates, unless it says it itself. */
  private static final List<String> TAKEN_OVER =
      List.of(
          "rewrite",
          "directResponse",
          "timeout",
          "retries",
          "fault",
          "mirror",
          "mirror_percent",
          "mirrorPercent",
          "mirrorPercentage",
          "mirrors",
          "corsPolicy",
          "headers");

  public Delegation {
    missing = List.copyOf(missing);
  }

  public static Delegation of(Answers answers, KubeObject root) {
    JsonNode rules = root.spec().path("http");
    if (rules.valueStream().noneMatch(rule -> rule.hasNonNull("delegate"))) {
      return new Delegation(root, List.of());
    }
    List<String> missing = new ArrayList<>();
    ObjectNode content = (ObjectNode) root.content().deepCopy();
    ArrayNode all = content.withObjectProperty("spec").putArray("http");
    int index = 0;
    for (JsonNode rule : rules) {
      if (rule.hasNonNull("delegate")) {
        Optional<KubeObject> theirs = delegate(answers, root, rule.path("delegate"));
        if (theirs.isEmpty()) {
          missing.add("spec.http[%d].delegate".formatted(index));
        }
        theirs.stream()
            .flatMap(found -> rules(answers, found))
            .forEach(their -> merged(rule, their).ifPresent(all::add));
      } else {
        all.add(rule);
      }
      index++;
    }
    return new Delegation(
        new KubeObject(
            root.key(),
            root.apiVersion(),
            root.labels(),
            root.annotations(),
            content,
            root.origin()),
        missing);
  }

  private static Optional<KubeObject> delegate(
      Answers answers, KubeObject root, JsonNode reference) {
    String namespace = reference.path("namespace").asString(root.namespace());
    String name = reference.path("name").asString("");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    return answers
        .object("VirtualService", namespace, name)
        .filter(found -> found.spec().path("hosts").isEmpty())
        .filter(found -> exported(found, root.namespace()));
  }

  /** A delegate's own rules, with the names that are short in its namespace made whole. */
  private static Stream<ObjectNode> rules(Answers answers, KubeObject delegate) {
    return delegate
        .spec()
        .path("http")
        .valueStream()
        .filter(rule -> rule.isObject() && !rule.hasNonNull("delegate"))
        .map(rule -> (ObjectNode) rule.deepCopy())
        .peek(rule -> {
          Stream.of(rule.path("route"), rule.path("mirrors"))
              .flatMap(JsonNode::valueStream)
              .map(share -> share.path("destination"))
              .forEach(to -> whole(answers, delegate, to));
          whole(answers, delegate, rule.path("mirror"));
        });
  }

  private static void whole(Answers answers, KubeObject delegate, JsonNode destination) {
    String host = destination.path("host").asString("");
    if (!host.isEmpty() && !host.contains(".") && destination instanceof ObjectNode to) {
      to.put("host", answers.mesh().hostname(delegate.namespace(), host));
    }
  }

  private static boolean exported(KubeObject delegate, String namespace) {
    JsonNode to = delegate.spec().path("exportTo");
    return to.isEmpty()
        || to.valueStream()
            .map(JsonNode::asString)
            .anyMatch(word ->
                word.equals("*")
                    || word.equals(namespace)
                    || word.equals(".") && delegate.namespace().equals(namespace));
  }

  /** None where the two contradict one another. */
  private static Optional<ObjectNode> merged(JsonNode rule, ObjectNode their) {
    ObjectNode made = their.deepCopy();
    Optional<List<JsonNode>> matches =
        MatchUnion.of(list(rule.path("match")), list(their.path("match")));
    if (matches.isEmpty()) {
      return Optional.empty();
    }
    if (!matches.get().isEmpty()) {
      ArrayNode into = made.putArray("match");
      matches.get().forEach(into::add);
    }
    String name = rule.path("name").asString("");
    String own = their.path("name").asString("");
    if (!name.isEmpty()) {
      made.put("name", own.isEmpty() ? name : name + "-" + own);
    }
    for (String field : TAKEN_OVER) {
      if (rule.hasNonNull(field) && !their.hasNonNull(field)) {
        made.set(field, rule.path(field));
      }
    }
    return Optional.of(made);
  }

  private static List<JsonNode> list(JsonNode array) {
    return array.valueStream().toList();
  }
}
