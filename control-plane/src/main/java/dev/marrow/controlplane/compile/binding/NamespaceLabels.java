package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import java.util.Map;

/** The labels of a namespace; none for one that nobody declared. */
public record NamespaceLabels(String namespace) implements Question<Map<String, String>> {
  @Override
  public Map<String, String> answer(Answers answers) {
    return answers.object("Namespace", "", namespace).map(KubeObject::labels).orElse(Map.of());
  }
}
