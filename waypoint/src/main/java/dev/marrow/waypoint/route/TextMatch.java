package dev.marrow.waypoint.route;

import com.google.re2j.Pattern;
import dev.marrow.mesh.policy.StringMatch;
import java.util.Locale;

/** What a text must look like. Regular expressions are RE2, linear in time, and match the whole. */
public sealed interface TextMatch {
  boolean matches(String text);

  static TextMatch exact(String text) {
    return new Plain(new StringMatch.Exact(text));
  }

  static TextMatch prefix(String text) {
    return new Plain(new StringMatch.Prefix(text));
  }

  static TextMatch suffix(String text) {
    return new Plain(new StringMatch.Suffix(text));
  }

  /** Any text that is not empty. */
  static TextMatch present() {
    return new Plain(new StringMatch.Present());
  }

  /** What the mesh's own policies know, too. */
  record Plain(StringMatch match) implements TextMatch {
    @Override
    public boolean matches(String text) {
      return match.matches(text);
    }
  }

  record Regex(Pattern pattern) implements TextMatch {
    @Override
    public boolean matches(String candidate) {
      return pattern.matches(candidate);
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
