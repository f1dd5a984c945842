package dev.marrow.http.h1;

/** The grammar of what may follow a chunk's size (RFC 9112 §7.1.1); it is checked and dropped. */
final class ChunkExtensions {
  private ChunkExtensions() {}

  static boolean valid(byte[] line, int from, int to) {
    int i = from;
    while (i < to) {
      if (line[i] != ';') {
        return false;
      }
      int name = token(line, i + 1, to);
      if (name == i + 1) {
        return false;
      }
      i = name;
      if (i < to && line[i] == '=') {
        int value = value(line, i + 1, to);
        if (value == i + 1) {
          return false;
        }
        i = value;
      }
    }
    return true;
  }

  private static int token(byte[] line, int from, int to) {
    int i = from;
    while (i < to && Octets.token(line[i]) != 0) {
      i++;
    }
    return i;
  }

  /** A token or a quoted string; where it ends, or {@code from} if it is neither. */
  private static int value(byte[] line, int from, int to) {
    if (from == to || line[from] != '"') {
      return token(line, from, to);
    }
    for (int i = from + 1; i < to; i++) {
      if (line[i] == '"') {
        return i + 1;
      }
      if (line[i] == '\\') {
        i++;
      } else if (line[i] < 0x20 && line[i] >= 0 || line[i] == 0x7f) {
        return from;
      }
    }
    return from;
  }
}
