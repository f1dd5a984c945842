package dev.marrow.http.h1;

import dev.marrow.http.ByteStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import java.util.Set;

/** Frames a body onto the wire, and keeps count of a declared length. One per message. */
final class BodyWriter {
  private enum Kind {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  /**
   * Fields that must not come in trailers (RFC 9110 §6.5.1): they would change what was decided.
   */
  private static final Set<String> NOT_IN_TRAILERS =
      Set.of(
          "authorization",
          "connection",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "cookie",
          "host",
          "keep-alive",
          "set-cookie",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final ByteStream transport;
  private final Kind kind;
  private long left;
  private boolean first = true;

  private BodyWriter(ByteStream transport, Kind kind, long left) {
    this.transport = transport;
    this.kind = kind;
    this.left = left;
  }

  /** No body: what is written is dropped. */
  static BodyWriter none(ByteStream transport) {
    return new BodyWriter(transport, Kind.NONE, 0);
  }

  static BodyWriter length(ByteStream transport, long length) {
    return new BodyWriter(transport, Kind.LENGTH, length);
  }

  static BodyWriter chunked(ByteStream transport) {
    return new BodyWriter(transport, Kind.CHUNKED, 0);
  }

  /** The rest of the connection, also after an upgrade. */
  static BodyWriter untilClose(ByteStream transport) {
    return new BodyWriter(transport, Kind.UNTIL_CLOSE, 0);
  }

  boolean untilClose() {
    return kind == Kind.UNTIL_CLOSE;
  }

  /** Owns {@code bytes}. False if there are more of them than were declared: nothing is written. */
  boolean write(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (kind == Kind.NONE || length == 0) {
      bytes.release();
      return true;
    }
    if (kind == Kind.LENGTH && length > left) {
      bytes.release();
      return false;
    }
    if (kind == Kind.CHUNKED) {
      HeadWriter head = HeadWriter.begin();
      transport.write((first ? head : head.crlf()).line(Integer.toHexString(length)).bytes());
      first = false;
    }
    left -= length;
    transport.write(bytes);
    return true;
  }

  /** False if fewer bytes came than were declared. */
  boolean finish(Headers trailers) {
    if (kind == Kind.CHUNKED) {
      HeadWriter end = HeadWriter.begin();
      (first ? end : end.crlf()).line("0");
      transport.write(end.fields(allowed(trailers)).end());
    }
    return kind != Kind.LENGTH || left == 0;
  }

  private static Headers allowed(Headers trailers) {
    for (int i = 0; i < trailers.size(); i++) {
      if (NOT_IN_TRAILERS.contains(trailers.name(i))) {
        Headers allowed = trailers.copy();
        NOT_IN_TRAILERS.forEach(name -> allowed.remove(HeaderName.of(name)));
        return allowed;
      }
    }
    return trailers;
  }
}
