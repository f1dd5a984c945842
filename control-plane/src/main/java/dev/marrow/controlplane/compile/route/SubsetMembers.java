package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.address.PodWorkload;
import dev.marrow.controlplane.compile.facts.PodFacts;
import dev.marrow.controlplane.compile.facts.PodFactsOf;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServicesIn;
import dev.marrow.controlplane.compile.facts.ServicesListing;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The uids of the pods behind a host that have these labels, by name. */
record SubsetMembers(String namespace, String hostname, Map<String, String> labels)
    implements Question<List<String>> {
  SubsetMembers {
    labels = Map.copyOf(labels);
  }

  @Override
  public List<String> answer(Answers answers) {
    Optional<ServiceFacts> service =
        answers.ask(new ServicesIn(namespace)).stream()
            .filter(facts -> facts.hostname().equals(hostname))
            .findFirst();
    List<String> members = new ArrayList<>();
    if (service.isEmpty()) {
      return members;
    }
    Map<String, Set<ServiceFacts>> listing = answers.ask(new ServicesListing(namespace));
    for (KubeObject object : answers.objects("Pod", namespace)) {
      Optional<PodFacts> pod = answers.ask(new PodFactsOf(object.key()));
      boolean behind =
          service.get().selects(object.labels())
              || listing.getOrDefault(object.name(), Set.of()).contains(service.get());
      if (pod.isPresent()
          && behind
          && pod.get().labels().entrySet().containsAll(labels.entrySet())) {
        members.add(PodWorkload.uid(answers.mesh().clusterId(), namespace, object.name()));
      }
    }
    return members;
  }
}
