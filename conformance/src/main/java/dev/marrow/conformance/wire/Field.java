package dev.marrow.conformance.wire;

/** A header field as text; names are not folded, so that a case can send a wrong one. */
public record Field(String name, String value) {
  public static Field of(String name, String value) {
    return new Field(name, value);
  }
}
