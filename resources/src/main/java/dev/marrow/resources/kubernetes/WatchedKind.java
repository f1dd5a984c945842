package dev.marrow.resources.kubernetes;

import java.util.List;

/**
 * A kind of object to be followed.
 *
 * @param group the API group; empty for the core group
 * @param versions of the group, the best first: the first that the server has is used
 * @param plural as paths have it
 * @param labelSelector empty for all
 * @param fieldSelector empty for all
 * @param metadataOnly whether nothing but {@code metadata} is wanted
 */
public record WatchedKind(
    String kind,
    String group,
    List<String> versions,
    String plural,
    String labelSelector,
    String fieldSelector,
    boolean metadataOnly) {
  public WatchedKind {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException(kind + ": versions: none (expected: >= 1)");
    }
  }

  /** All objects of a kind. */
  public static WatchedKind of(String kind, String group, String plural, String... versions) {
    return new WatchedKind(kind, group, List.of(versions), plural, "", "", false);
  }

  /** Only those that match. */
  public WatchedKind where(String labels, String fields) {
    return new WatchedKind(kind, group, versions, plural, labels, fields, metadataOnly);
  }

  /** Only what names and describes them. */
  public WatchedKind onlyMetadata() {
    return new WatchedKind(kind, group, versions, plural, labelSelector, fieldSelector, true);
  }

  /** What is asked for, with {@code form} the form of the answer if there is a choice. */
  String accept(String form) {
    return metadataOnly
        ? "application/json;as=%s;g=meta.k8s.io;v=v1,application/json".formatted(form)
        : "application/json";
  }

  /** The path of all objects of all namespaces. */
  String path(String version) {
    return (group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version) + "/" + plural;
  }

  /** The {@code apiVersion} of objects of that version. */
  String apiVersion(String version) {
    return group.isEmpty() ? version : group + "/" + version;
  }

  @Override
  public String toString() {
    return group.isEmpty() ? kind : kind + "." + group;
  }
}
