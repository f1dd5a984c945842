package dev.marrow.http.hpack;

/**
 * The Huffman code of RFC 7541 Appendix B, decoded four bits at a time. The code is canonical, so
 * the lengths alone define it.
 */
final class Huffman {
  private static final String LENGTHS =
      "13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 "
          + "28 28 6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 "
          + "15 6 12 10 13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 "
          + "8 13 19 13 14 6 15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 "
          + "7 7 7 15 11 14 13 28 20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 "
          + "23 23 23 21 22 23 22 23 23 24 22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 "
          + "23 22 23 23 20 22 22 22 23 22 22 23 26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 "
          + "26 27 27 26 27 24 21 21 26 26 28 27 27 27 20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 "
          + "26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26 30";

  private static final int EOS = 256;
  private static final int LONGEST = 30;

  /** Flags of a step: a symbol is complete, the input may end here, the code is not valid. */
  private static final int EMIT = 1 << 24;

  private static final int MAY_END = 1 << 25;
  private static final int FAIL = 1 << 26;

  /** Per state and four bits: next state (low 16 bits), symbol (next 8), flags. */
  private static final int[] STEPS = steps();

  private Huffman() {}

  /**
   * Decodes {@code source[from, to)} into {@code target}, which has room for 8/5 of the length.
   *
   * @return the number of bytes written
   */
  static int decode(byte[] source, int from, int to, byte[] target, int at) throws HpackException {
    int state = 0;
    int out = at;
    int last = MAY_END;
    for (int i = from; i < to; i++) {
      int bits = source[i];
      int high = STEPS[state << 4 | bits >> 4 & 0xf];
      if ((high & EMIT) != 0) {
        target[out++] = (byte) (high >> 16);
      }
      int low = STEPS[(high & 0xffff) << 4 | bits & 0xf];
      if ((low & EMIT) != 0) {
        target[out++] = (byte) (low >> 16);
      }
      if (((high | low) & FAIL) != 0) {
        throw new HpackException("huffman: EOS inside a string");
      }
      state = low & 0xffff;
      last = low;
    }
    if ((last & MAY_END) == 0) {
      throw new HpackException("huffman: padding is not the start of EOS, or longer than 7 bits");
    }
    return out - at;
  }

  private static int[] steps() {
    int[][] tree = tree();
    int[] states = new int[tree.length];
    int[] nodeOf = new int[tree.length];
    int count = 0;
    for (int node = 0; node < tree.length; node++) {
      boolean inner = tree[node][0] != 0 || tree[node][1] != 0;
      if (inner) {
        nodeOf[count] = node;
        states[node] = count++;
      }
    }
    boolean[] ends = paddingNodes(tree);
    int[] steps = new int[count << 4];
    for (int state = 0; state < count; state++) {
      for (int bits = 0; bits < 16; bits++) {
        steps[state << 4 | bits] = step(tree, states, ends, nodeOf[state], bits);
      }
    }
    return steps;
  }

  /** Codes are at least five bits long, so four bits complete at most one. */
  private static int step(int[][] tree, int[] states, boolean[] ends, int from, int bits) {
    int node = from;
    int flags = 0;
    for (int bit = 3; bit >= 0; bit--) {
      node = tree[node][bits >> bit & 1];
      int symbol = tree[node][2] - 1;
      if (symbol == EOS) {
        return FAIL;
      }
      if (symbol >= 0) {
        flags = EMIT | symbol << 16;
        node = 0;
      }
    }
    return states[node] | flags | (ends[node] ? MAY_END : 0);
  }

  /** The root and the nodes up to seven ones below it: where an input may end (§5.2). */
  private static boolean[] paddingNodes(int[][] tree) {
    boolean[] ends = new boolean[tree.length];
    for (int node = 0, depth = 0; depth <= 7; depth++, node = tree[node][1]) {
      ends[node] = true;
    }
    return ends;
  }

  /** Nodes as {child for 0, child for 1, symbol + 1}; node 0 is the root. */
  private static int[][] tree() {
    String[] lengths = LENGTHS.split(" ");
    int[][] tree = new int[2 * lengths.length][3];
    int nodes = 1;
    int code = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code <<= 1;
      for (int symbol = 0; symbol < lengths.length; symbol++) {
        if (Integer.parseInt(lengths[symbol]) == length) {
          nodes = insert(tree, nodes, code++, length, symbol);
        }
      }
    }
    return tree;
  }

  private static int insert(int[][] tree, int nodes, int code, int length, int symbol) {
    int used = nodes;
    int node = 0;
    for (int bit = length - 1; bit >= 0; bit--) {
      int way = code >> bit & 1;
      if (tree[node][way] == 0) {
        tree[node][way] = used++;
      }
      node = tree[node][way];
    }
    tree[node][2] = symbol + 1;
    return used;
  }
}
