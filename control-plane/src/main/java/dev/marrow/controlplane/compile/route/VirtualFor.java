package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServiceFactsOf;
import dev.marrow.controlplane.compile.facts.ServicesIn;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.Backend;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The VirtualService of a host: of the service's namespace, else of the waypoint's. */
record VirtualFor(String gatewayNamespace, String serviceNamespace, String hostname, int port)
    implements Question<Optional<VirtualReading.Virtual>> {
  @Override
  public Optional<VirtualReading.Virtual> answer(Answers answers) {
    Set<String> namespaces = new LinkedHashSet<>(List.of(serviceNamespace, gatewayNamespace));
    for (String namespace : namespaces) {
      Optional<VirtualReading.Virtual> found =
          answers.objects("VirtualService", namespace).stream()
              .sorted(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key))
              .map(object -> read(answers, object))
              .filter(read -> read.hosts().stream().anyMatch(h -> means(answers, namespace, h)))
              .filter(read -> !read.saysNothing())
              .findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private VirtualReading.Virtual read(Answers answers, KubeObject object) {
    return VirtualReading.read(
        Delegation.of(answers, object).complete(),
        (host, to) -> backend(answers, object.namespace(), host, to),
        new ArrayList<>(),
        new ArrayList<>());
  }

  private boolean means(Answers answers, String namespace, String host) {
    return host.equals(hostname)
        || !host.contains(".") && answers.mesh().hostname(namespace, host).equals(hostname);
  }

  private Backend.Builder backend(Answers answers, String namespace, String host, int wanted) {
    Backend.Builder backend = Backend.newBuilder();
    Optional<ServiceFacts> facts = facts(answers, namespace, host);
    Optional<ServiceFacts.ServicePort> found = facts.flatMap(service -> port(service, wanted));
    if (facts.isPresent() && found.isPresent()) {
      int number = found.get().port();
      backend
          .setNamespace(facts.get().namespace())
          .setHostname(facts.get().hostname())
          .setPort(number);
      answers.ask(new BackendTlsOf(facts.get().object(), number)).ifPresent(backend::setTls);
    }
    return backend;
  }

  /** Without a number: the port that was asked for, else the only one. */
  private Optional<ServiceFacts.ServicePort> port(ServiceFacts service, int wanted) {
    if (wanted != 0) {
      return service.port(wanted);
    }
    return service
        .port(port)
        .or(() ->
            service.ports().size() == 1
                ? Optional.of(service.ports().getFirst())
                : Optional.empty());
  }

  private Optional<ServiceFacts> facts(Answers answers, String namespace, String host) {
    if (!host.contains(".") && !host.isEmpty()) {
      return service(answers, namespace, host);
    }
    String[] parts = host.split("\\.", 3);
    if (parts.length == 3 && answers.mesh().hostname(parts[1], parts[0]).equals(host)) {
      return service(answers, parts[1], parts[0]);
    }
    Set<String> namespaces = new LinkedHashSet<>();
    namespaces.add(namespace);
    namespaces.add(serviceNamespace);
    namespaces.add(gatewayNamespace);
    return namespaces.stream()
        .flatMap(in -> answers.ask(new ServicesIn(in)).stream())
        .filter(service -> service.hostname().equals(host))
        .findFirst();
  }

  private static Optional<ServiceFacts> service(Answers answers, String namespace, String name) {
    return answers.ask(new ServiceFactsOf(new ObjectKey("Service", namespace, name))).stream()
        .findFirst();
  }
}
