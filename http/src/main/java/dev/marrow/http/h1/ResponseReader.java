package dev.marrow.http.h1;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;

/**
 * Reads response heads, one after the other, into one list of {@link Headers} that begins with
 * {@code :status}, and decides how their bodies are framed.
 */
final class ResponseReader {
  private final Headers headers = new Headers();
  private final HeadReader reader;
  private int status;
  private boolean http10;
  private boolean toHead;
  private boolean toConnect;
  private HeadFault fault = HeadFault.NONE;
  private long body;

  ResponseReader(Limits limits) {
    reader = new HeadReader(limits, headers, this::statusLine, true);
  }

  /** Ready for the next head; the body's framing depends on the request's method. */
  void reset(boolean toHead, boolean toConnect) {
    this.toHead = toHead;
    this.toConnect = toConnect;
    next();
  }

  /** Ready for the head behind an interim one. */
  void next() {
    reader.reset();
    fault = HeadFault.NONE;
  }

  /** Valid until the next head. */
  Headers headers() {
    return headers;
  }

  int status() {
    return status;
  }

  boolean started() {
    return reader.started();
  }

  boolean http10() {
    return http10;
  }

  long body() {
    return body;
  }

  HeadFault fault() {
    return fault != HeadFault.NONE ? fault : reader.fault();
  }

  HeadReader.Progress read(ByteBuf in) {
    HeadReader.Progress progress = reader.read(in);
    if (progress != HeadReader.Progress.COMPLETE) {
      return progress;
    }
    boolean none =
        toHead || status < 200 || status == 204 || status == 304 || toConnect && status / 100 == 2;
    long framing = Framing.ofResponse(headers, http10, none);
    if (framing <= Framing.FAULTS) {
      fault = Framing.fault(framing);
      return HeadReader.Progress.FAILED;
    }
    body = framing;
    return progress;
  }

  /** RFC 9112 §4; the reason phrase may be missing together with its space. */
  private HeadFault statusLine(byte[] bytes, int from, int to) {
    if (to - from < 12
        || !Octets.equals(bytes, from, 7, "HTTP/1.")
        || !digit(bytes[from + 7])
        || bytes[from + 8] != ' '
        || to - from > 12 && bytes[from + 12] != ' ') {
      return HeadFault.BAD_STATUS_LINE;
    }
    long number = Framing.digits(bytes, from + 9, 3);
    if (number < 100 || !Octets.isFieldContent(bytes, from, to)) {
      return HeadFault.BAD_STATUS_LINE;
    }
    http10 = bytes[from + 7] == '0';
    status = (int) number;
    headers.add(HeaderName.STATUS, bytes, from + 9, 3);
    return HeadFault.NONE;
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }
}
