package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The PeerAuthentications of a namespace, the oldest first. */
record PeerModesIn(String namespace) implements Question<List<PeerMode>> {
  @Override
  public List<PeerMode> answer(Answers answers) {
    return answers.objects("PeerAuthentication", namespace).stream()
        .sorted(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key))
        .map(object -> PeerMode.read(object, new ArrayList<>()))
        .toList();
  }
}
