package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which object of a namespace says what a host is, where several name it: the Service, else the
 * oldest ServiceEntry. A host of a namespace is one resource, whoever names it.
 */
public record HostOwner(String namespace, String hostname)
    implements Question<Optional<ObjectKey>> {
  @Override
  public Optional<ObjectKey> answer(Answers answers) {
    return service(answers)
        .or(() -> Optional.ofNullable(answers.ask(new Entries(namespace)).get(hostname)));
  }

  private Optional<ObjectKey> service(Answers answers) {
    String suffix = answers.mesh().hostname(namespace, "");
    if (!hostname.endsWith(suffix) || hostname.equals(suffix)) {
      return Optional.empty();
    }
    String name = hostname.substring(0, hostname.length() - suffix.length());
    ObjectKey service = new ObjectKey("Service", namespace, name);
    return Optional.of(service).filter(key -> !answers.ask(new ServiceFactsOf(key)).isEmpty());
  }

  /** The hosts that {@code object} owns. */
  public static List<ServiceFacts> owned(Answers answers, ObjectKey object) {
    return answers.ask(new ServiceFactsOf(object)).stream()
        .filter(facts -> facts.kubernetes() || owns(answers, object, facts.hostname()))
        .toList();
  }

  private static boolean owns(Answers answers, ObjectKey object, String hostname) {
    HostOwner owner = new HostOwner(object.namespace(), hostname);
    return answers.ask(owner).filter(object::equals).isPresent();
  }

  /** The oldest ServiceEntry of each host. */
  private record Entries(String namespace) implements Question<Map<String, ObjectKey>> {
    @Override
    public Map<String, ObjectKey> answer(Answers answers) {
      Map<String, ObjectKey> oldest = new HashMap<>();
      answers.objects("ServiceEntry", namespace).stream()
          .sorted(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key))
          .flatMap(entry -> answers.ask(new ServiceFactsOf(entry.key())).stream())
          .forEach(facts -> oldest.putIfAbsent(facts.hostname(), facts.object()));
      return oldest;
    }
  }
}
