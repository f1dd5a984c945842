package dev.marrow.mesh.xds;

/**
 * A message that says something we do not understand or must not guess. Its text is for the NACK.
 */
final class InvalidResource extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  InvalidResource(String reason) {
    super(reason, null, false, false);
    this.reason = reason;
  }

  /** The refusal of a value that checked itself. */
  static InvalidResource of(IllegalArgumentException refusal) {
    return new InvalidResource(String.valueOf(refusal.getMessage()));
  }

  String reason() {
    return reason;
  }

  static void require(boolean holds, String field, Object value, String expected)
      throws InvalidResource {
    if (!holds) {
      throw new InvalidResource("%s: '%s' (expected: %s)".formatted(field, value, expected));
    }
  }
}
