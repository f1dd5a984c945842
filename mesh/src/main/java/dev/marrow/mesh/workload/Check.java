package dev.marrow.mesh.workload;

/** What the records of this module use to refuse a wrong value. */
final class Check {
  private static final int MAX_PORT = 65_535;

  private Check() {}

  static void that(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s: '%s' (expected: %s)".formatted(name, value, expected));
    }
  }

  static void notEmpty(String value, String name) {
    that(!value.isEmpty(), name, value, "not empty");
  }

  static void port(int port, int lowest, String name) {
    that(port >= lowest && port <= MAX_PORT, name, port, lowest + "-" + MAX_PORT);
  }
}
