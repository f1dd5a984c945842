package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;

/** All hosts of a namespace. */
public record ServicesIn(String namespace) implements Question<List<ServiceFacts>> {
  @Override
  public List<ServiceFacts> answer(Answers answers) {
    List<ServiceFacts> services = new ArrayList<>();
    for (String kind : List.of("Service", "ServiceEntry")) {
      for (KubeObject object : answers.objects(kind, namespace)) {
        services.addAll(answers.ask(new ServiceFactsOf(object.key())));
      }
    }
    return services;
  }
}
