package dev.marrow.waypoint.route;

/** What becomes of a path; the query stays. */
public sealed interface PathChange {
  record Full(String path) implements PathChange {}

  /** Replaces what the match covered. */
  record Prefix(String replacement) implements PathChange {}

  /**
   * The new target.
   *
   * @param covered how much of the path the match covered
   */
  default String applyTo(String target, int covered) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String query = mark < 0 ? "" : target.substring(mark);
    return switch (this) {
      case Full full -> full.path() + query;
      case Prefix prefix -> replaced(prefix.replacement(), path.substring(covered)) + query;
    };
  }

  private static String replaced(String replacement, String rest) {
    String start =
        replacement.endsWith("/") && (rest.startsWith("/") || rest.isEmpty())
            ? replacement.substring(0, replacement.length() - 1)
            : replacement;
    boolean glued = !start.isEmpty() && !rest.isEmpty() && !rest.startsWith("/");
    String path = start + (glued ? "/" : "") + rest;
    if (path.isEmpty() && replacement.equals("/")) {
      return "/";
    }
    if (rest.isEmpty() && replacement.length() > 1 && replacement.endsWith("/")) {
      return replacement;
    }
    return path.startsWith("/") ? path : "/" + path;
  }
}
