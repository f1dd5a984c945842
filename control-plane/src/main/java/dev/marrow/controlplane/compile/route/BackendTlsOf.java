package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.admit.Rejection;
import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServiceFactsOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.BackendTls;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** How a port of a service wants TLS from the waypoint: by the oldest BackendTLSPolicy for it. */
record BackendTlsOf(ObjectKey service, int port) implements Question<Optional<BackendTls>> {
  @Override
  public Optional<BackendTls> answer(Answers answers) {
    String portName =
        answers.ask(new ServiceFactsOf(service)).stream()
            .flatMap(facts -> facts.port(port).stream())
            .map(ServiceFacts.ServicePort::name)
            .findFirst()
            .orElse("");
    Optional<BackendTls> found =
        oldest(answers, "BackendTLSPolicy")
            .map(object -> TlsPolicyReading.read(object, new ArrayList<>()))
            .filter(policy -> policy.targets().stream().anyMatch(t -> applies(t, portName)))
            .findFirst()
            .map(policy -> tls(answers, policy));
    return found.isPresent() ? found : unread(answers, portName);
  }

  private Stream<KubeObject> oldest(Answers answers, String kind) {
    return answers.objects(kind, service.namespace()).stream()
        .sorted(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key));
  }

  /** A policy that we cannot read wants TLS all the same: with roots that nobody has. */
  private Optional<BackendTls> unread(Answers answers, String portName) {
    return oldest(answers, Rejection.kindOf("BackendTLSPolicy"))
        .map(note -> TargetRef.read(Fields.of(note.spec(), "spec", new ArrayList<>())))
        .filter(targets -> targets.stream().anyMatch(t -> applies(t, portName)))
        .findFirst()
        .map(targets -> BackendTls.getDefaultInstance());
  }

  private boolean applies(TargetRef target, String portName) {
    return target.kind().equals(service.kind())
        && target.name().equals(service.name())
        && (target.sectionName().isEmpty() || target.sectionName().equals(portName));
  }

  private BackendTls tls(Answers answers, TlsPolicyReading.TlsPolicy policy) {
    BackendTls.Builder tls =
        BackendTls.newBuilder()
            .setHostname(policy.hostname())
            .setSystemRoots(policy.systemRoots())
            .addAllSubjectAltNames(policy.names());
    StringBuilder roots = new StringBuilder();
    for (String map : policy.configMaps()) {
      roots.append(
          answers
              .object("ConfigMap", service.namespace(), map)
              .map(found -> found.content().path("data").path("ca.crt").stringValue(""))
              .orElse(""));
    }
    return tls.setCaCertificates(roots.toString()).build();
  }
}
