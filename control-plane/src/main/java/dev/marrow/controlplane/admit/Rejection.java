package dev.marrow.controlplane.admit;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The note that an object was not accepted: an object itself, beside the one it is about, with the
 * object as it was written and the errors in {@code status}.
 */
public final class Rejection {
  private static final String PREFIX = "Rejected/";

  private Rejection() {}

  public static ObjectKey keyOf(ObjectKey object) {
    return new ObjectKey(PREFIX + object.kind(), object.namespace(), object.name());
  }

  /** The kind of the notes about objects of {@code kind}. */
  public static String kindOf(String kind) {
    return PREFIX + kind;
  }

  public static boolean isNote(String kind) {
    return kind.startsWith(PREFIX);
  }

  /** The object that a note is about. */
  public static ObjectKey about(ObjectKey note) {
    return new ObjectKey(note.kind().substring(PREFIX.length()), note.namespace(), note.name());
  }

  static KubeObject note(KubeObject object, List<String> errors) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.set("metadata", object.metadata());
    content.set("spec", object.spec());
    content
        .putArray("errors")
        .addAll(errors.stream().map(JsonNodeFactory.instance::stringNode).toList());
    return new KubeObject(
        keyOf(object.key()),
        object.apiVersion(),
        object.labels(),
        object.annotations(),
        content,
        object.origin());
  }

  /** The note about {@code object}, if its newest version was not accepted. */
  public static Optional<KubeObject> of(Answers answers, ObjectKey object) {
    return answers.object(keyOf(object));
  }

  /** A word for programs: nobody knows the kind, or the object is not as its kind has to be. */
  public static String reason(ObjectKey object) {
    return Readers.knows(object.kind()) ? "Invalid" : "UnknownKind";
  }

  public static List<String> errors(KubeObject note) {
    return note.content().path("errors").valueStream().map(e -> e.asString("")).toList();
  }
}
