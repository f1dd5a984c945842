package dev.marrow.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * The URI names of a certificate, byte for byte. Read by hand, because the JDK's reader drops or
 * reshapes names it cannot make a {@link java.net.URI} of, and an id must be taken exactly as it
 * was signed.
 */
final class UriNames {
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final int OCTET_STRING = 0x04;
  private static final int SEQUENCE = 0x30;
  private static final int URI = 0x86;

  private UriNames() {}

  /** All URI names in order; throws {@link IllegalArgumentException} if they are not DER. */
  static List<String> of(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(ALTERNATIVE_NAMES);
    if (extension == null) {
      return List.of();
    }
    ByteBuffer names = content(content(ByteBuffer.wrap(extension), OCTET_STRING), SEQUENCE);
    List<String> uris = new ArrayList<>();
    while (names.hasRemaining()) {
      int tag = names.get() & 0xff;
      ByteBuffer name = take(names, length(names));
      if (tag == URI) {
        uris.add(ascii(name));
      }
    }
    return uris;
  }

  /** The content of the one element {@code from} consists of. */
  private static ByteBuffer content(ByteBuffer from, int expectedTag) {
    if (!from.hasRemaining() || (from.get() & 0xff) != expectedTag) {
      throw new IllegalArgumentException("tag (expected: 0x%02x)".formatted(expectedTag));
    }
    ByteBuffer content = take(from, length(from));
    if (from.hasRemaining()) {
      throw new IllegalArgumentException("%d bytes left over".formatted(from.remaining()));
    }
    return content;
  }

  // X.690 §8.1.3, §10.1: definite, and as short as can be.
  private static int length(ByteBuffer from) {
    int first = from.hasRemaining() ? from.get() & 0xff : 0x80;
    if (first < 0x80) {
      return first;
    }
    int octets = first & 0x7f;
    if (octets == 0 || octets > 3 || octets > from.remaining()) {
      throw new IllegalArgumentException("length octets: %d (expected: 1-3)".formatted(octets));
    }
    int length = 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | from.get() & 0xff;
    }
    if (length < 0x80 || length >> 8 * (octets - 1) == 0) {
      throw new IllegalArgumentException("length %d not in shortest form".formatted(length));
    }
    return length;
  }

  private static ByteBuffer take(ByteBuffer from, int length) {
    if (length > from.remaining()) {
      throw new IllegalArgumentException(
          "length %d (expected: <= %d)".formatted(length, from.remaining()));
    }
    ByteBuffer part = from.slice(from.position(), length);
    from.position(from.position() + length);
    return part;
  }

  private static String ascii(ByteBuffer name) {
    // IA5String. Latin-1 keeps a byte above 127 a character that no SPIFFE id contains.
    return StandardCharsets.ISO_8859_1.decode(name).toString();
  }
}
