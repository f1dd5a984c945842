package dev.marrow.conformance.policy;

/** A value in a rule. */
public record Pattern(Form form, String text) {
  /** How it is compared. */
  public enum Form {
    EXACT,
    PREFIX,
    SUFFIX,
    PRESENT
  }

  public static Pattern exact(String text) {
    return new Pattern(Form.EXACT, text);
  }

  public static Pattern prefix(String text) {
    return new Pattern(Form.PREFIX, text);
  }

  public static Pattern suffix(String text) {
    return new Pattern(Form.SUFFIX, text);
  }

  public static Pattern present() {
    return new Pattern(Form.PRESENT, "");
  }

  /** An empty value is an absent one, which nothing matches. */
  boolean matches(String value) {
    return !value.isEmpty()
        && switch (form) {
          case EXACT -> value.equals(text);
          case PREFIX -> value.startsWith(text);
          case SUFFIX -> value.endsWith(text);
          case PRESENT -> true;
        };
  }

  /** As an AuthorizationPolicy writes it. */
  String words() {
    return switch (form) {
      case EXACT -> text;
      case PREFIX -> text + "*";
      case SUFFIX -> "*" + text;
      case PRESENT -> "*";
    };
  }
}
