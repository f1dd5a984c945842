package dev.marrow.http.h1;

import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Reads a head (RFC 9112 §2, §5), in whatever pieces it arrives: the bytes go into an array of the
 * connection, lines are found eight bytes at a time. Takes from the input exactly up to the end of
 * the head. Strict where the RFC leaves a choice: what two parsers could read in two ways is
 * refused.
 */
final class HeadReader {
  /** What the first line of a head means; trailers have none. */
  interface FirstLine {
    HeadFault parse(byte[] bytes, int from, int to);
  }

  enum Progress {
    MORE,
    COMPLETE,
    FAILED
  }

  private static final int STEP = 2048;

  /** An array that has grown beyond this is not kept for the next head. */
  private static final int KEPT = 8192;

  private static final byte[] EMPTY = new byte[0];

  private final Limits limits;
  private final Headers headers;
  private final FirstLine firstLine;
  private final boolean hasFirstLine;
  private byte[] bytes = EMPTY;
  private int used;
  private int scanned;
  private int firstField;
  private int lineStart;
  private boolean firstLineSeen;
  private int emptyLines;
  private HeadFault fault = HeadFault.NONE;

  HeadReader(Limits limits, Headers headers, FirstLine firstLine, boolean hasFirstLine) {
    this.limits = limits;
    this.headers = headers;
    this.firstLine = firstLine;
    this.hasFirstLine = hasFirstLine;
    reset();
  }

  /** Ready for the next head; clears the headers. */
  void reset() {
    headers.clear();
    if (bytes.length > KEPT) {
      bytes = EMPTY;
    }
    used = 0;
    scanned = 0;
    lineStart = 0;
    firstLineSeen = !hasFirstLine;
    emptyLines = 0;
    fault = HeadFault.NONE;
  }

  HeadFault fault() {
    return fault;
  }

  /** True once a byte of a head has been seen. */
  boolean started() {
    return scanned > 0;
  }

  Progress read(ByteBuf in) {
    while (true) {
      int end = Octets.indexOf(bytes, scanned, used, (byte) '\n');
      if (end < 0) {
        scanned = used;
        if (tooLong()) {
          return Progress.FAILED;
        }
        if (!in.isReadable()) {
          return Progress.MORE;
        }
        append(in);
      } else if (lastLine(end)) {
        int rest = used - end - 1;
        in.readerIndex(in.readerIndex() - rest);
        return Progress.COMPLETE;
      } else if (fault != HeadFault.NONE) {
        return Progress.FAILED;
      }
    }
  }

  private void append(ByteBuf in) {
    int length = Math.min(in.readableBytes(), STEP);
    if (used + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(used + length, bytes.length * 2));
    }
    in.readBytes(bytes, used, length);
    used += length;
  }

  // The limits do not count line ends, of which a part may be here already: CR of the first line,
  // or
  // CR LF CR of the head.
  private boolean tooLong() {
    if (!firstLineSeen && used - lineStart > limits.lineBytes() + 1) {
      fault = HeadFault.TARGET_TOO_LONG;
    } else if (used > limits.headBytes() + 3) {
      fault = HeadFault.HEAD_TOO_LARGE;
    }
    return fault != HeadFault.NONE;
  }

  /** Takes the line that ends at {@code lineFeed}; true if it is the empty one behind the head. */
  private boolean lastLine(int lineFeed) {
    int from = lineStart;
    int to = lineFeed - 1;
    lineStart = lineFeed + 1;
    scanned = lineStart;
    if (to < from || bytes[to] != '\r') {
      fault = HeadFault.BARE_LINE_FEED;
      return false;
    }
    if (to == from) {
      return emptyLine();
    }
    fault = line(bytes, from, to);
    return false;
  }

  private boolean emptyLine() {
    if (firstLineSeen) {
      return true;
    }
    // RFC 9112 §2.2: at least one empty line in front of a request is to be ignored.
    if (++emptyLines > 4) {
      fault = HeadFault.BAD_REQUEST_LINE;
    }
    return false;
  }

  private HeadFault line(byte[] bytes, int from, int to) {
    if (to > limits.headBytes()) {
      return HeadFault.HEAD_TOO_LARGE;
    }
    if (firstLineSeen) {
      return field(bytes, from, to);
    }
    if (to - from > limits.lineBytes()) {
      return HeadFault.TARGET_TOO_LONG;
    }
    firstLineSeen = true;
    HeadFault found = firstLine.parse(bytes, from, to);
    firstField = headers.size();
    return found;
  }

  private HeadFault field(byte[] bytes, int from, int to) {
    int i = from;
    for (; i < to; i++) {
      byte lower = Octets.token(bytes[i]);
      if (lower == 0) {
        break;
      }
      bytes[i] = lower;
    }
    if (i == from || i == to || bytes[i] != ':') {
      boolean folded = i == from && (bytes[i] == ' ' || bytes[i] == '\t');
      return folded ? HeadFault.FOLDED_LINE : HeadFault.BAD_FIELD_NAME;
    }
    int start = i + 1;
    int end = to;
    while (start < end && blank(bytes[start])) {
      start++;
    }
    while (end > start && blank(bytes[end - 1])) {
      end--;
    }
    if (!Octets.isFieldContent(bytes, start, end)) {
      return HeadFault.BAD_FIELD_VALUE;
    }
    if (headers.size() - firstField == limits.fields()) {
      return HeadFault.TOO_MANY_FIELDS;
    }
    headers.add(bytes, from, i - from, start, end - start);
    return HeadFault.NONE;
  }

  private static boolean blank(byte b) {
    return b == ' ' || b == '\t';
  }
}
