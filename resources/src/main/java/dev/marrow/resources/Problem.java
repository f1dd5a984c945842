package dev.marrow.resources;

/** Why something could not be read. What was good of it before stays. */
public record Problem(Origin origin, String reason) implements Comparable<Problem> {
  @Override
  public int compareTo(Problem other) {
    int order = origin.source().compareTo(other.origin.source());
    return order != 0 ? order : Integer.compare(origin.line(), other.origin.line());
  }

  @Override
  public String toString() {
    return origin + ": " + reason;
  }
}
