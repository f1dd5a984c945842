package dev.marrow.cli.shop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The first line of an HTTP/1.1 message with the two header fields the shop cares about (RFC 9112).
 * Bodies need a Content-Length.
 *
 * @param bodyBytes length of the body that follows
 * @param close whether the connection ends after this message
 */
record HttpHead(String first, int bodyBytes, boolean close) {
  private static final int MAX_LINE_BYTES = 8192;
  private static final int MAX_FIELDS = 100;
  static final int MAX_BODY_BYTES = 1 << 20;

  /** Reads a head; an empty first line means that the connection ended between two messages. */
  static HttpHead read(InputStream in) throws IOException {
    String first = line(in, true);
    int bodyBytes = 0;
    boolean close = first.contains("HTTP/1.0");
    if (first.isEmpty()) return new HttpHead("", 0, true);
    for (int fields = 0; ; fields++) {
      if (fields > MAX_FIELDS) throw new IOException("more than " + MAX_FIELDS + " header fields");
      String field = line(in, false);
      if (field.isEmpty()) return new HttpHead(first, bodyBytes, close);
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) bodyBytes = bodyBytes(lower.substring(15).strip());
      if (lower.startsWith("transfer-encoding:"))
        throw new IOException("transfer-encoding is not supported");
      if (lower.startsWith("connection:")) close = lower.contains("close");
    }
  }

  private static int bodyBytes(String text) throws IOException {
    try {
      int bytes = Integer.parseInt(text);
      if (bytes >= 0 && bytes <= MAX_BODY_BYTES) return bytes;
    } catch (NumberFormatException e) {
      // The line below says what is wrong with it.
    }
    throw new IOException("content-length: " + text + " (expected: 0.." + MAX_BODY_BYTES + ")");
  }

  private static String line(InputStream in, boolean mayEnd) throws IOException {
    StringBuilder line = new StringBuilder(64);
    while (line.length() <= MAX_LINE_BYTES) {
      int c = in.read();
      if (c < 0 && mayEnd && line.isEmpty()) return "";
      if (c < 0) throw new IOException("the connection ended within a message");
      if (c == '\n') return line.toString();
      if (c != '\r') line.append((char) c);
    }
    throw new IOException("a header line of more than " + MAX_LINE_BYTES + " bytes");
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
