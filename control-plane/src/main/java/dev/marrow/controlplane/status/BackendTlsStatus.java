package dev.marrow.controlplane.status;

import dev.marrow.controlplane.admit.Rejection;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.controlplane.compile.binding.GatewayClasses;
import dev.marrow.controlplane.compile.route.BackendTlsWinner;
import dev.marrow.controlplane.compile.route.TlsPolicyReading;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether a BackendTLSPolicy holds, per target, with Gateway API's reasons (PolicyStatus,
 * PolicyAncestorStatus). In a mesh the ancestor of a policy is its target.
 */
public record BackendTlsStatus(ObjectKey policy) implements Question<List<ObjectStatus>> {
  @Override
  public List<ObjectStatus> answer(Answers answers) {
    Optional<KubeObject> object = answers.object(policy);
    if (object.isEmpty() || Rejection.of(answers, policy).isPresent()) {
      return List.of();
    }
    TlsPolicyReading.TlsPolicy read = TlsPolicyReading.read(object.get(), new ArrayList<>());
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    ArrayNode ancestors = status.putArray("ancestors");
    for (TargetRef target : read.targets()) {
      ObjectNode entry = ancestor(ancestors, target);
      entry.set(
          "conditions",
          ObjectStatus.conditions(conditions(answers, read, target), object.get().generation()));
    }
    return List.of(new ObjectStatus(policy, status));
  }

  static ObjectNode ancestor(ArrayNode ancestors, TargetRef target) {
    ObjectNode entry = ancestors.addObject();
    ObjectNode ref = entry.putObject("ancestorRef");
    ref.put("group", target.group()).put("kind", target.kind()).put("name", target.name());
    if (!target.sectionName().isEmpty()) {
      ref.put("sectionName", target.sectionName());
    }
    entry.put("controllerName", GatewayClasses.CONTROLLER);
    return entry;
  }

  private List<Condition> conditions(
      Answers answers, TlsPolicyReading.TlsPolicy read, TargetRef target) {
    List<String> missing = missing(answers, read);
    Condition resolved =
        missing.isEmpty()
            ? new Condition("ResolvedRefs", true, "ResolvedRefs", "")
            : new Condition(
                "ResolvedRefs", false, "InvalidCACertificateRef", String.join("; ", missing));
    return List.of(accepted(answers, read, target, missing), resolved);
  }

  private Condition accepted(
      Answers answers, TlsPolicyReading.TlsPolicy read, TargetRef target, List<String> missing) {
    Optional<ObjectKey> object = target.object(policy.namespace());
    if (object.isEmpty() || answers.object(object.get()).isEmpty()) {
      return no("TargetNotFound", "%s %s not found".formatted(target.kind(), target.name()));
    }
    Optional<ObjectKey> winner =
        answers.ask(new BackendTlsWinner(object.get(), target.sectionName()));
    if (winner.isPresent() && !winner.get().equals(policy)) {
      return no("Conflicted", "%s is older and for the same target".formatted(winner.get().name()));
    }
    boolean none = !read.systemRoots() && missing.size() == read.configMaps().size();
    return none
        ? no("NoValidCACertificate", "nobody is trusted: requests get 503")
        : new Condition("Accepted", true, "Accepted", "");
  }

  private List<String> missing(Answers answers, TlsPolicyReading.TlsPolicy read) {
    List<String> missing = new ArrayList<>();
    for (String map : read.configMaps()) {
      boolean there =
          answers
              .object("ConfigMap", policy.namespace(), map)
              .map(found -> found.content().path("data").path("ca.crt").stringValue(""))
              .filter(pem -> !pem.isBlank())
              .isPresent();
      if (!there) {
        missing.add("ConfigMap %s: no ca.crt".formatted(map));
      }
    }
    return missing;
  }

  private static Condition no(String reason, String message) {
    return new Condition("Accepted", false, reason, message);
  }
}
