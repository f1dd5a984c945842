package dev.marrow.waypoint.route;

import com.google.re2j.Pattern;
import java.util.Locale;

/** What a text must look like. Regular expressions are RE2, linear in time, and match the whole. */
public sealed interface TextMatch {
  boolean matches(String text);

  record Exact(String text) implements TextMatch {
    @Override
    public boolean matches(String candidate) {
      return candidate.equals(text);
    }
  }

  record Prefix(String text) implements TextMatch {
    @Override
    public boolean matches(String candidate) {
      return candidate.startsWith(text);
    }
  }

  record Suffix(String text) implements TextMatch {
    @Override
    public boolean matches(String candidate) {
      return candidate.endsWith(text);
    }
  }

  record Regex(Pattern pattern) implements TextMatch {
    @Override
    public boolean matches(String candidate) {
      return pattern.matches(candidate);
    }
  }

  /** Any text that is not empty. */
  record Present() implements TextMatch {
    @Override
    public boolean matches(String candidate) {
      return !candidate.isEmpty();
    }
  }

  /** Another match, on text in lower case; its own text is in lower case already. */
  record IgnoringCase(TextMatch match) implements TextMatch {
    @Override
    public boolean matches(String candidate) {
      return match.matches(candidate.toLowerCase(Locale.ROOT));
    }
  }
}
