package dev.marrow.resources;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One object as it was written. Thread-safe: {@link #content()} is never changed after it is read.
 *
 * @param content the whole object; what is asked for often is taken out
 */
public record KubeObject(
    ObjectKey key,
    String apiVersion,
    Map<String, String> labels,
    Map<String, String> annotations,
    JsonNode content,
    Origin origin) {

  /** The annotation of an object that is laid over another one instead of replacing it. */
  public static final String OVERLAY = "marrow.dev/overlay";

  public KubeObject {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /**
   * The object that {@code content} is, which is taken over. Throws {@link
   * IllegalArgumentException} with what is wrong with it.
   */
  public static KubeObject read(ObjectNode content, Origin origin) {
    try {
      return ObjectShape.object(content, origin);
    } catch (Unreadable e) {
      throw new IllegalArgumentException(e.reason(), e);
    }
  }

  public String kind() {
    return content.path("kind").stringValue(key.kind());
  }

  public String namespace() {
    return key.namespace();
  }

  public String name() {
    return key.name();
  }

  /** The API group; empty for the core group. */
  public String group() {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  public JsonNode metadata() {
    return content.path("metadata");
  }

  public JsonNode spec() {
    return content.path("spec");
  }

  public JsonNode status() {
    return content.path("status");
  }

  /** {@code metadata.uid}, or empty. */
  public String uid() {
    return metadata().path("uid").stringValue("");
  }

  /** {@code metadata.generation}; 0 where nobody counts. */
  public long generation() {
    return metadata().path("generation").asLong(0);
  }

  /** True once somebody asked for the object's deletion. */
  public boolean deleting() {
    return metadata().hasNonNull("deletionTimestamp");
  }

  /** {@code metadata.creationTimestamp}; objects without one are the oldest. */
  public Instant createdAt() {
    String text = metadata().path("creationTimestamp").stringValue("");
    try {
      return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  /** True for {@code marrow.dev/overlay: "true"}. */
  public boolean overlay() {
    return "true".equals(annotations.get(OVERLAY));
  }

  @Override
  public String toString() {
    return key + " (" + origin + ")";
  }
}
