package dev.marrow.http.h1;

/**
 * What one HTTP/1 peer may make us hold.
 *
 * @param lineBytes the request line; a longer one gets 414
 * @param headBytes the whole head, and also the trailers; a larger one gets 431
 * @param fields their number; more get 431
 * @param chunkLineBytes a chunk's size with its extensions
 */
public record Limits(int lineBytes, int headBytes, int fields, int chunkLineBytes) {
  public static final Limits DEFAULT = new Limits(16 * 1024, 64 * 1024, 128, 1024);

  public Limits {
    check("lineBytes", lineBytes, 64);
    check("headBytes", headBytes, 128);
    check("fields", fields, 1);
    check("chunkLineBytes", chunkLineBytes, 16);
  }

  private static void check(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
    }
  }
}
