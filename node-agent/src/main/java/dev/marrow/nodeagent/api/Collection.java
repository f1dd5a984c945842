package dev.marrow.nodeagent.api;

/**
 * Some objects of one kind.
 *
 * @param path for example {@code /api/v1/pods}
 * @param selection a query that narrows it down, for example {@code
 *     fieldSelector=spec.nodeName%3Da}, or empty
 */
public record Collection(String path, String selection) {
  String list(String from) {
    return path + "?limit=500" + narrowed() + (from.isEmpty() ? "" : "&continue=" + from);
  }

  String watch(String version, long seconds) {
    return "%s?watch=true&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s%s"
        .formatted(path, seconds, version, narrowed());
  }

  private String narrowed() {
    return selection.isEmpty() ? "" : "&" + selection;
  }

  @Override
  public String toString() {
    return selection.isEmpty() ? path : path + "?" + selection;
  }
}
