package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServiceFactsOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.proto.waypoint.Backend;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Finds the backends of one route, and remembers what is wrong with its references. */
final class KnownBackends implements BackendResolver {
  /**
   * What is wrong with a reference.
   *
   * @param reason of the condition {@code ResolvedRefs}
   */
  record Unresolved(String reason, String message) {}

  private final Answers answers;
  private final KubeObject route;
  private final List<Unresolved> unresolved = new ArrayList<>();

  KnownBackends(Answers answers, KubeObject route) {
    this.answers = answers;
    this.route = route;
  }

  List<Unresolved> unresolved() {
    return List.copyOf(unresolved);
  }

  @Override
  public Backend resolve(ObjectReference reference) {
    String namespace = reference.namespace().isEmpty() ? route.namespace() : reference.namespace();
    boolean service = reference.kind().equals("Service") && reference.group().isEmpty();
    boolean entry =
        reference.kind().equals("ServiceEntry") && reference.group().equals("networking.istio.io");
    if (!service && !entry) {
      return failed("InvalidKind", reference, "expected: a Service or a ServiceEntry");
    }
    if (!namespace.equals(route.namespace()) && !granted(reference, namespace)) {
      return failed("RefNotPermitted", reference, "no ReferenceGrant in " + namespace);
    }
    ObjectKey key = new ObjectKey(reference.kind(), namespace, nonEmpty(reference.name()));
    List<ServiceFacts> found = answers.ask(new ServiceFactsOf(key));
    if (found.isEmpty()) {
      return failed("BackendNotFound", reference, "no such object in " + namespace);
    }
    ServiceFacts facts = found.getFirst();
    if (facts.port(reference.port()).isEmpty()) {
      return failed("BackendNotFound", reference, "no port %d".formatted(reference.port()));
    }
    Backend.Builder backend =
        Backend.newBuilder()
            .setNamespace(facts.namespace())
            .setHostname(facts.hostname())
            .setPort(reference.port());
    answers.ask(new BackendTlsOf(key, reference.port())).ifPresent(backend::setTls);
    return backend.build();
  }

  private static String nonEmpty(String name) {
    return name.isEmpty() ? "?" : name;
  }

  private Backend failed(String reason, ObjectReference reference, String message) {
    unresolved.add(
        new Unresolved(reason, "%s %s: %s".formatted(reference.kind(), reference.name(), message)));
    return Backend.getDefaultInstance();
  }

  private boolean granted(ObjectReference reference, String namespace) {
    return answers.objects("ReferenceGrant", namespace).stream()
        .anyMatch(grant -> from(grant) && to(grant, reference));
  }

  private boolean from(KubeObject grant) {
    return grant
        .spec()
        .path("from")
        .valueStream()
        .anyMatch(from ->
            text(from, "group").equals(Optional.of(route.group()))
                && text(from, "kind").equals(Optional.of(route.kind()))
                && text(from, "namespace").equals(Optional.of(route.namespace())));
  }

  private static boolean to(KubeObject grant, ObjectReference reference) {
    return grant
        .spec()
        .path("to")
        .valueStream()
        .anyMatch(to ->
            text(to, "group").orElse("").equals(reference.group())
                && text(to, "kind").equals(Optional.of(reference.kind()))
                && text(to, "name").orElse(reference.name()).equals(reference.name()));
  }

  private static Optional<String> text(JsonNode node, String field) {
    return node.path(field).stringValueOpt();
  }
}
