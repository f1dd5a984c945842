package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The different kinds of pods in a namespace: what selectors and accounts can tell apart. Changes
 * seldom, however often pods come and go, and so spares those who only ask "which accounts".
 */
public record PodShapes(String namespace) implements Question<Set<PodShapes.Shape>> {
  /** Pods that no selector tells apart. */
  public record Shape(Map<String, String> labels, String account, boolean healthy) {}

  @Override
  public Set<Shape> answer(Answers answers) {
    Set<Shape> shapes = new LinkedHashSet<>();
    for (KubeObject pod : answers.objects("Pod", namespace)) {
      answers
          .ask(new PodFactsOf(pod.key()))
          .ifPresent(
              facts -> shapes.add(new Shape(facts.labels(), facts.account(), facts.healthy())));
    }
    return shapes;
  }
}
