package dev.marrow.http.h1;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes heads: composed in an array of the thread, handed to Netty in one piece. A CR, LF or NUL
 * in a value becomes a space, so that nothing can end a line that is not ours.
 */
final class HeadWriter {
  private static final FastThreadLocal<HeadWriter> WRITERS =
      new FastThreadLocal<>() {
        @Override
        protected HeadWriter initialValue() {
          return new HeadWriter();
        }
      };
  private static final byte[][] STATUS_LINES = new byte[1000][];

  static {
    for (int status = 100; status < 1000; status++) {
      String line = "HTTP/1.1 " + status + " " + Reasons.of(status) + "\r\n";
      STATUS_LINES[status] = line.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private byte[] bytes = new byte[2048];
  private int used;

  private HeadWriter() {}

  /** The thread's writer, empty. */
  static HeadWriter begin() {
    HeadWriter writer = WRITERS.get();
    writer.used = 0;
    return writer;
  }

  HeadWriter statusLine(int status) {
    return raw(STATUS_LINES[status]);
  }

  HeadWriter text(String text) {
    int length = text.length();
    room(length);
    for (int i = 0; i < length; i++) {
      bytes[used + i] = safe((byte) text.charAt(i));
    }
    used += length;
    return this;
  }

  HeadWriter line(String line) {
    return text(line).crlf();
  }

  HeadWriter crlf() {
    room(2);
    bytes[used++] = '\r';
    bytes[used++] = '\n';
    return this;
  }

  HeadWriter value(Headers headers, int index) {
    int length = headers.valueLength(index);
    room(length);
    System.arraycopy(headers.array(), headers.valueStart(index), bytes, used, length);
    if (!Octets.isFieldContent(bytes, used, used + length)) {
      for (int i = used; i < used + length; i++) {
        bytes[i] = safe(bytes[i]);
      }
    }
    used += length;
    return this;
  }

  /** All fields but pseudo-headers and those that HTTP/1 frames a message by. */
  HeadWriter fields(Headers headers) {
    for (int i = 0; i < headers.size(); i++) {
      int start = headers.nameStart(i);
      int length = headers.nameLength(i);
      if (length == 0 || headers.array()[start] == ':' || steering(headers, i)) {
        continue;
      }
      room(length + 2);
      System.arraycopy(headers.array(), start, bytes, used, length);
      used += length;
      bytes[used++] = ':';
      bytes[used++] = ' ';
      value(headers, i).crlf();
    }
    return this;
  }

  private static boolean steering(Headers headers, int index) {
    int hash = headers.nameHash(index);
    return hash == HeaderName.CONNECTION.hashCode() && headers.nameIs(index, HeaderName.CONNECTION)
        || hash == HeaderName.TRANSFER_ENCODING.hashCode()
            && headers.nameIs(index, HeaderName.TRANSFER_ENCODING)
        || hash == HeaderName.HOST.hashCode() && headers.nameIs(index, HeaderName.HOST)
        || hash == Names.UPGRADE.hashCode() && headers.nameIs(index, Names.UPGRADE)
        || hash == Names.KEEP_ALIVE.hashCode() && headers.nameIs(index, Names.KEEP_ALIVE);
  }

  /** Ends the head. The caller owns the buffer. */
  ByteBuf end() {
    crlf();
    return bytes();
  }

  /** What was written, without an empty line. The caller owns the buffer. */
  ByteBuf bytes() {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(used);
    buffer.writeBytes(bytes, 0, used);
    if (bytes.length > 64 * 1024) {
      bytes = new byte[2048];
    }
    return buffer;
  }

  private HeadWriter raw(byte[] source) {
    room(source.length);
    System.arraycopy(source, 0, bytes, used, source.length);
    used += source.length;
    return this;
  }

  private static byte safe(byte b) {
    return b == '\r' || b == '\n' || b == 0 ? (byte) ' ' : b;
  }

  private void room(int more) {
    if (used + more + 2 > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, used + more + 2));
    }
  }
}
