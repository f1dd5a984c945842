package dev.marrow.conformance.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * The Huffman code of RFC 7541 Appendix B. The code is canonical, so its lengths say everything:
 * codes of one length are numbered in the order of their symbols.
 */
final class Huffman {
  /** One character per symbol 0…256: {@code 'A'} is a code of 1 bit, {@code '^'} one of 30. */
  private static final String LENGTHS =
      "MW\\\\\\\\\\\\\\X^\\\\^\\\\\\\\\\\\\\\\^\\\\\\\\\\\\\\\\\\FJJLMFHKJJHKHFFFEEEFFFFFFFGHOFLJMFGGGGGGGGGGGGGGGGGGGGGGHGHMSMNFOEFEFEFFFEGGFFFEFGFEEFGGGGGOKNM"
          + "\\TVTTVVVWVWWWWWXWXXVWXWWWWUVWVWWXVUTVVWWUWVVXUVWWUUVUWVWWTVVVWVVWZZTSVWVYZZZ[[ZXYSUZ[[Z[XUUZZ\\[[[TXTUVUUWVVYYXXZWZ[ZZ[[[[[\\[[[[[Z^";

  private static final int END_OF_STRING = 256;
  private static final int MAX_BITS = 30;
  private static final int[] FIRST_CODE = new int[MAX_BITS + 2];
  private static final int[] COUNT = new int[MAX_BITS + 2];
  private static final int[][] SYMBOLS = new int[MAX_BITS + 1][];

  static {
    int code = 0;
    for (int bits = 1; bits <= MAX_BITS; bits++) {
      int length = bits;
      SYMBOLS[bits] =
          java.util.stream.IntStream.rangeClosed(0, END_OF_STRING)
              .filter(s -> LENGTHS.charAt(s) - 'A' + 1 == length)
              .toArray();
      COUNT[bits] = SYMBOLS[bits].length;
      FIRST_CODE[bits] = code;
      code = code + COUNT[bits] << 1;
    }
  }

  private Huffman() {}

  static byte[] decode(byte[] in, int from, int length) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(length * 2);
    int code = 0;
    int bits = 0;
    for (int i = from * 8; i < (from + length) * 8; i++) {
      code = code << 1 | in[i >> 3] >> 7 - (i & 7) & 1;
      bits++;
      if (bits <= MAX_BITS && code - FIRST_CODE[bits] < COUNT[bits] && code >= FIRST_CODE[bits]) {
        int symbol = SYMBOLS[bits][code - FIRST_CODE[bits]];
        if (symbol == END_OF_STRING) {
          throw new IOException("hpack: EOS inside a string (RFC 7541 §5.2)");
        }
        out.write(symbol);
        code = 0;
        bits = 0;
      }
    }
    // What is left over must be the beginning of EOS, and shorter than a byte (RFC 7541 §5.2).
    if (bits > 7 || code != (1 << bits) - 1) {
      throw new IOException("hpack: wrong padding of a Huffman string");
    }
    return out.toByteArray();
  }
}
