package dev.marrow.waypoint.route;

import com.google.re2j.Pattern;

/** What a path, without its query, must look like. */
public sealed interface PathMatch {
  /** What a rule without a path says. */
  PathMatch ANY = new Prefix("/");

  record Exact(String path) implements PathMatch {}

  /** Whole segments: {@code /a} is a prefix of {@code /a} and {@code /a/b}, not of {@code /ab}. */
  record Prefix(String path) implements PathMatch {
    public Prefix {
      while (path.length() > 1 && path.endsWith("/")) {
        path = path.substring(0, path.length() - 1);
      }
    }

    /** How much of a path it covers: nothing for the root. */
    int length() {
      return path.equals("/") ? 0 : path.length();
    }
  }

  /** Any prefix of the path's text: {@code /a} is one of {@code /ab}, too (VirtualService). */
  record TextPrefix(String text) implements PathMatch {}

  /** RE2, the whole path. */
  record Regex(Pattern pattern) implements PathMatch {}

  /** An exact path or prefix where case does not matter; the text is in lower case. */
  record IgnoringCase(PathMatch match) implements PathMatch {}

  /** Compares paths one at a time: for those that no index can find. */
  default boolean matches(String path) {
    return switch (this) {
      case Exact exact -> exact.path().equals(path);
      case Prefix prefix ->
          prefix.length() == 0
              || path.startsWith(prefix.path())
                  && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
      case TextPrefix prefix -> path.startsWith(prefix.text());
      case Regex regex -> regex.pattern().matches(path);
      case IgnoringCase folded -> folded.match().matches(path.toLowerCase(java.util.Locale.ROOT));
    };
  }

  /** Exact paths come first, then regular expressions, then prefixes. */
  default int rank() {
    return switch (this) {
      case Exact exact -> 0;
      case Regex regex -> 1;
      case Prefix prefix -> 2;
      case TextPrefix prefix -> 2;
      case IgnoringCase folded -> folded.match().rank();
    };
  }

  /** How much it says; longer ones come first within a rank. */
  default int size() {
    return switch (this) {
      case Exact exact -> exact.path().length();
      case Regex regex -> regex.pattern().pattern().length();
      case Prefix prefix -> prefix.length();
      case TextPrefix prefix -> prefix.text().length();
      case IgnoringCase folded -> folded.match().size();
    };
  }

  /** The part of a path that a rewrite of the prefix replaces. */
  default int prefixLength() {
    return switch (this) {
      case Prefix prefix -> prefix.length();
      case TextPrefix prefix -> prefix.text().length();
      case IgnoringCase(Prefix prefix) -> prefix.length();
      case IgnoringCase(TextPrefix prefix) -> prefix.text().length();
      case IgnoringCase folded -> 0;
      case Exact exact -> exact.path().length();
      case Regex regex -> 0;
    };
  }
}
