package dev.marrow.waypoint.authorize;

import dev.marrow.waypoint.route.TextMatch;
import java.util.List;

/** A list of wanted texts and one of unwanted texts, both possibly empty. */
public record Texts(List<TextMatch> wanted, List<TextMatch> unwanted) {
  public static final Texts ANY = new Texts(List.of(), List.of());

  public Texts {
    wanted = List.copyOf(wanted);
    unwanted = List.copyOf(unwanted);
  }

  public boolean isAny() {
    return wanted.isEmpty() && unwanted.isEmpty();
  }

  boolean admits(String text) {
    return (wanted.isEmpty() || any(wanted, text)) && !any(unwanted, text);
  }

  /** Several values of one thing: {@code every} for rules that allow, any for those that deny. */
  boolean admits(List<String> values, boolean every) {
    if (values.isEmpty()) {
      return wanted.isEmpty();
    }
    for (String value : values) {
      if (admits(value) != every) {
        return !every;
      }
    }
    return every;
  }

  private static boolean any(List<TextMatch> matches, String text) {
    for (TextMatch match : matches) {
      if (match.matches(text)) {
        return true;
      }
    }
    return false;
  }
}
