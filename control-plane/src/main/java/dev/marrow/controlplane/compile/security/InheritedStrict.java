package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;

/** Whether a namespace asks for mTLS: by its own PeerAuthentication, else by that of the mesh. */
record InheritedStrict(String namespace) implements Question<Boolean> {
  @Override
  public Boolean answer(Answers answers) {
    PeerMode.Mode ofMesh = mode(answers, answers.mesh().rootNamespace());
    PeerMode.Mode own = mode(answers, namespace);
    return (own == PeerMode.Mode.UNSET ? ofMesh : own) == PeerMode.Mode.STRICT;
  }

  private static PeerMode.Mode mode(Answers answers, String namespace) {
    return answers.ask(new PeerModesIn(namespace)).stream()
        .filter(mode -> mode.selector().isEmpty())
        .findFirst()
        .map(PeerMode::mode)
        .orElse(PeerMode.Mode.UNSET);
  }
}
