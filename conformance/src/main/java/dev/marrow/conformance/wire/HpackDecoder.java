package dev.marrow.conformance.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads header blocks (RFC 7541) for a side that never changed the size of its table. One per
 * connection and direction.
 */
public final class HpackDecoder {
  private static final String[] STATIC =
      (":authority=|:method=GET|:method=POST|:path=/|:path=/index.html|:scheme=http|:scheme=https|:status=200|:status=204|"
              + ":status=206|:status=304|:status=400|:status=404|:status=500|accept-charset=|accept-encoding=gzip, deflate|"
              + "accept-language=|accept-ranges=|accept=|access-control-allow-origin=|age=|allow=|authorization=|cache-control=|"
              + "content-disposition=|content-encoding=|content-language=|content-length=|content-location=|content-range=|"
              + "content-type=|cookie=|date=|etag=|expect=|expires=|from=|host=|if-match=|if-modified-since=|if-none-match=|"
              + "if-range=|if-unmodified-since=|last-modified=|link=|location=|max-forwards=|proxy-authenticate=|"
              + "proxy-authorization=|range=|referer=|refresh=|retry-after=|server=|set-cookie=|strict-transport-security=|"
              + "transfer-encoding=|user-agent=|vary=|via=|www-authenticate=")
          .split("\\|");

  private static final int MOST_CAPACITY = 4096;

  private final List<Field> dynamic = new ArrayList<>();
  private int capacity = MOST_CAPACITY;
  private byte[] in = new byte[0];
  private int at;

  /** The fields of a whole header block; throws when it cannot be read. */
  public List<Field> decode(byte[] block) throws IOException {
    in = block;
    at = 0;
    List<Field> fields = new ArrayList<>();
    while (at < in.length) {
      int first = in[at] & 0xff;
      if ((first & 0x80) != 0) {
        fields.add(entry(integer(7)));
      } else if ((first & 0x40) != 0) {
        Field field = literal(6);
        remember(field);
        fields.add(field);
      } else if ((first & 0x20) != 0) {
        capacity = integer(5);
        if (capacity > MOST_CAPACITY) {
          throw new IOException("hpack: a table of " + capacity + " bytes was never offered");
        }
        evict();
      } else {
        fields.add(literal(4));
      }
    }
    return fields;
  }

  private Field literal(int prefix) throws IOException {
    int index = integer(prefix);
    String name = index == 0 ? string() : entry(index).name();
    return new Field(name, string());
  }

  private Field entry(int index) throws IOException {
    if (index >= 1 && index <= STATIC.length) {
      String[] pair = STATIC[index - 1].split("=", 2);
      return new Field(pair[0], pair[1]);
    }
    int position = index - STATIC.length - 1;
    if (position < 0 || position >= dynamic.size()) {
      throw new IOException("hpack: index " + index + " out of range");
    }
    return dynamic.get(position);
  }

  private void remember(Field field) {
    dynamic.addFirst(field);
    evict();
  }

  private void evict() {
    int size = dynamic.stream().mapToInt(f -> f.name().length() + f.value().length() + 32).sum();
    while (size > capacity && !dynamic.isEmpty()) {
      Field last = dynamic.removeLast();
      size -= last.name().length() + last.value().length() + 32;
    }
  }

  private String string() throws IOException {
    boolean huffman = (next(false) & 0x80) != 0;
    int length = integer(7);
    if (at + length > in.length) {
      throw new IOException("hpack: a string of " + length + " bytes does not fit its block");
    }
    byte[] raw =
        huffman
            ? Huffman.decode(in, at, length)
            : java.util.Arrays.copyOfRange(in, at, at + length);
    at += length;
    return new String(raw, StandardCharsets.ISO_8859_1);
  }

  private int integer(int prefix) throws IOException {
    int max = (1 << prefix) - 1;
    int value = next(true) & max;
    if (value < max) {
      return value;
    }
    for (int shift = 0; shift < 28; shift += 7) {
      int b = next(true);
      value += (b & 127) << shift;
      if ((b & 128) == 0) {
        return value;
      }
    }
    throw new IOException("hpack: integer too long");
  }

  private int next(boolean take) throws IOException {
    if (at >= in.length) {
      throw new IOException("hpack: block ends too early");
    }
    return in[take ? at++ : at] & 0xff;
  }
}
