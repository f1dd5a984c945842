package dev.marrow.controlplane.compile.address;

import dev.marrow.controlplane.compile.facts.ServiceFactsOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.MeshConfig;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which object a hostname stands for: the Kubernetes Service of that name, else the oldest
 * ServiceEntry that everybody sees.
 */
record CanonicalHost(String hostname) implements Question<ObjectKey> {
  private static final ObjectKey NOBODY = new ObjectKey("None", "", "none");

  @Override
  public ObjectKey answer(Answers answers) {
    Optional<ObjectKey> service = service(answers);
    if (service.isPresent()) {
      return service.get();
    }
    return answers.ask(new Entries(hostname)).stream()
        .min(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key))
        .map(KubeObject::key)
        .orElse(NOBODY);
  }

  private Optional<ObjectKey> service(Answers answers) {
    MeshConfig mesh = answers.mesh();
    String suffix = ".svc." + mesh.clusterDomain();
    if (!hostname.endsWith(suffix)) {
      return Optional.empty();
    }
    String[] parts = hostname.substring(0, hostname.length() - suffix.length()).split("\\.", -1);
    return parts.length == 2 && !parts[0].isEmpty()
        ? answers.object("Service", parts[1], parts[0]).map(KubeObject::key)
        : Optional.empty();
  }

  private record Entries(String hostname) implements Question<List<KubeObject>> {
    @Override
    public List<KubeObject> answer(Answers answers) {
      return answers.objects("ServiceEntry").stream()
          .filter(entry -> ServiceFactsOf.exported(entry).equals("*"))
          .filter(entry -> hosts(entry).contains(hostname))
          .toList();
    }

    private static List<String> hosts(KubeObject entry) {
      return entry.spec().path("hosts").valueStream().map(h -> h.asString("")).toList();
    }
  }
}
