package dev.marrow.mesh.policy;

/** A test of one text; upper and lower case differ. */
public sealed interface StringMatch {
  boolean matches(String value);

  /** The text itself. */
  record Exact(String value) implements StringMatch {
    @Override
    public boolean matches(String text) {
      return text.equals(value);
    }
  }

  /** What the text starts with. */
  record Prefix(String value) implements StringMatch {
    @Override
    public boolean matches(String text) {
      return text.startsWith(value);
    }
  }

  /** What the text ends with. */
  record Suffix(String value) implements StringMatch {
    @Override
    public boolean matches(String text) {
      return text.endsWith(value);
    }
  }

  /** Any text but the empty one. */
  record Present() implements StringMatch {
    @Override
    public boolean matches(String text) {
      return !text.isEmpty();
    }
  }
}
