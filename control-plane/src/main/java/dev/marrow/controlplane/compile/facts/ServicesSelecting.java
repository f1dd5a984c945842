package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import java.util.List;
import java.util.Map;

/** The hosts of a namespace whose selector matches these labels. */
public record ServicesSelecting(String namespace, Map<String, String> labels)
    implements Question<List<ServiceFacts>> {
  @Override
  public List<ServiceFacts> answer(Answers answers) {
    return answers.ask(new ServicesIn(namespace)).stream()
        .filter(service -> service.selects(labels))
        .toList();
  }
}
