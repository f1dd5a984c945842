package dev.marrow.cli.drill.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** As much of HTTP/1.1 as the load needs: heads, and bodies of known or chunked length. */
final class Http1 {
  private static final int MAX_HEAD = 64 * 1024;

  private Http1() {}

  /** A start line and fields, with names in lower case. */
  record Head(String start, Map<String, String> fields) {
    String field(String name) {
      return fields.getOrDefault(name, "");
    }

    int status() {
      return Integer.parseInt(start.substring(9, 12));
    }

    boolean closes() {
      return field("connection").toLowerCase(Locale.ROOT).contains("close");
    }
  }

  /** Reads up to the empty line; throws {@link NothingCame} if there is no byte at all. */
  static Head head(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\r\n\r\n", Math.max(0, text.length() - 4)) < 0) {
      int next = in.read();
      if (next < 0 && text.isEmpty()) throw new NothingCame();
      if (next < 0) throw new EOFException("ended in the head");
      if (text.length() == MAX_HEAD) throw new IOException("head longer than " + MAX_HEAD);
      text.append((char) next);
    }
    String[] lines = text.toString().split("\r\n");
    Map<String, String> fields = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon < 1) throw new IOException("field: '" + lines[i] + "'");
      fields.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip());
    }
    return new Head(lines[0], fields);
  }

  static byte[] body(Head head, InputStream in) throws IOException {
    if (head.field("transfer-encoding").contains("chunked")) return chunks(in);
    int length = Integer.parseInt(head.fields().getOrDefault("content-length", "0"));
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("ended after %d of %d bytes".formatted(body.length, length));
    }
    return body;
  }

  private static byte[] chunks(InputStream in) throws IOException {
    var body = new java.io.ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(in).split(";")[0].strip(), 16);
      if (size == 0) {
        while (!line(in).isEmpty()) continue;
        return body.toByteArray();
      }
      byte[] chunk = in.readNBytes(size);
      if (chunk.length < size) throw new EOFException("ended in a chunk");
      body.writeBytes(chunk);
      if (!line(in).isEmpty()) throw new IOException("chunk of another length than it says");
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) throw new EOFException("ended in a line");
      text.append((char) c);
    }
    return text.toString().stripTrailing();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The connection ended before anything was answered: the request may be sent again. */
  static final class NothingCame extends IOException {
    private static final long serialVersionUID = 1L;

    NothingCame() {
      super("ended before any answer");
    }
  }
}
