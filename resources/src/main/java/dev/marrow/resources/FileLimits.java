package dev.marrow.resources;

/** What a file of objects may contain at most. A file beyond that is a {@link Problem}. */
public record FileLimits(int fileBytes, int depth, int nodes, int objects) {
  public FileLimits {
    check("fileBytes", fileBytes);
    check("depth", depth);
    check("nodes", nodes);
    check("objects", objects);
  }

  /** 16 MiB, 64 levels, 2,000,000 values and 20,000 objects a file. */
  public static FileLimits standard() {
    return new FileLimits(16 << 20, 64, 2_000_000, 20_000);
  }

  private static void check(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
