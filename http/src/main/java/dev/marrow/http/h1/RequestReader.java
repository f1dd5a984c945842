package dev.marrow.http.h1;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;

/**
 * Reads request heads, one after the other, into one list of {@link Headers} with pseudo-headers as
 * HTTP/2 has them, and decides how their bodies are framed.
 */
final class RequestReader {
  private final Headers raw = new Headers();
  private final Headers headers = new Headers();
  private final RequestLine line = new RequestLine(raw);
  private final HeadReader reader;
  private HeadFault fault = HeadFault.NONE;
  private long body;

  RequestReader(Limits limits) {
    reader = new HeadReader(limits, raw, line, true);
  }

  /** Ready for the next head. */
  void reset() {
    reader.reset();
    fault = HeadFault.NONE;
  }

  /**
   * Method, scheme, authority, path, then the fields in order, without Host. Valid until the next
   * head. The authority is empty where the request had none.
   */
  Headers headers() {
    return headers;
  }

  boolean started() {
    return reader.started();
  }

  boolean http10() {
    return line.http10();
  }

  boolean connect() {
    return line.connect();
  }

  /** The body's length, or {@link Framing#CHUNKED}. */
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
    fault = complete();
    return fault == HeadFault.NONE ? progress : HeadReader.Progress.FAILED;
  }

  private HeadFault complete() {
    int host = raw.find(HeaderName.HOST);
    HeadFault wrong = checkHost(host);
    if (wrong != HeadFault.NONE) {
      return wrong;
    }
    body = Framing.ofRequest(raw, line.http10());
    if (body <= Framing.FAULTS) {
      return Framing.fault(body);
    }
    fill(host);
    return HeadFault.NONE;
  }

  /** RFC 9112 §3.2: exactly one valid Host in HTTP/1.1. */
  private HeadFault checkHost(int host) {
    if (host < 0) {
      return line.http10() ? HeadFault.NONE : HeadFault.NO_HOST;
    }
    if (raw.find(HeaderName.HOST, host + 1) >= 0) {
      return HeadFault.SEVERAL_HOSTS;
    }
    int start = raw.valueStart(host);
    int length = raw.valueLength(host);
    return length == 0 || Authority.valid(raw.array(), start, start + length)
        ? HeadFault.NONE
        : HeadFault.BAD_HOST;
  }

  private void fill(int host) {
    headers.clear();
    headers.add(raw, 0);
    headers.add(HeaderName.SCHEME, "http");
    int fields = 1;
    if (line.hasAuthority()) {
      headers.add(raw, raw.find(HeaderName.AUTHORITY));
      fields++;
    } else if (host >= 0) {
      headers.add(HeaderName.AUTHORITY, raw.array(), raw.valueStart(host), raw.valueLength(host));
    } else {
      headers.add(HeaderName.AUTHORITY, "");
    }
    if (!line.connect()) {
      headers.add(raw, raw.find(HeaderName.PATH));
      fields++;
    }
    for (int i = fields; i < raw.size(); i++) {
      if (i != host) {
        headers.add(raw, i);
      }
    }
  }
}
