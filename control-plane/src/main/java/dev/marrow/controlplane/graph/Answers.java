package dev.marrow.controlplane.graph;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.List;
import java.util.Optional;

/** What a question may use. Each use makes the asking question depend on what it got. */
public interface Answers {
  /** What does not change while the program runs. */
  MeshConfig mesh();

  <T> T ask(Question<T> question);

  /** One object. */
  Optional<KubeObject> object(ObjectKey key);

  /** All objects of a kind in a namespace, ordered by name. */
  List<KubeObject> objects(String kind, String namespace);

  /** All objects of a kind, ordered by namespace and name. */
  List<KubeObject> objects(String kind);

  default Optional<KubeObject> object(String kind, String namespace, String name) {
    return object(new ObjectKey(kind, namespace, name));
  }
}
