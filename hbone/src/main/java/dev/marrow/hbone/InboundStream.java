package dev.marrow.hbone;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.h2.ErrorCode;
import dev.marrow.http.h2.H2Stream;
import dev.marrow.http.h2.StreamListener;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A CONNECT on a stream of an accepted connection. Confined to the connection. */
final class InboundStream implements InboundConnect, StreamListener {
  private final TunnelConnection connection;
  private final H2Stream stream;
  private Headers headers;
  private final Optional<Authority> authority;
  private @Nullable Runnable abandoned;
  private boolean gone;
  private boolean answered;

  InboundStream(TunnelConnection connection, H2Stream stream, Headers headers) {
    this.connection = connection;
    this.stream = stream;
    this.headers = headers;
    this.authority = headers.first(HeaderName.AUTHORITY).flatMap(Authority::parse);
  }

  /** What is wrong with the request as a CONNECT; empty: nothing. */
  String malformed() {
    if (!connects()) {
      return "method: not CONNECT";
    }
    return authority.isEmpty() ? ":authority: not host:port" : "";
  }

  /** 405 for another method, 400 for another mistake. */
  int malformedStatus() {
    return connects() ? 400 : 405;
  }

  private boolean connects() {
    return headers.valueIs(headers.find(HeaderName.METHOD), "CONNECT");
  }

  @Override
  public TunnelConnection connection() {
    return connection;
  }

  @Override
  public Authority authority() {
    return authority.orElseThrow();
  }

  @Override
  public Baggage baggage() {
    return headers.first(ConnectHeaders.BAGGAGE).map(Baggage::parse).orElse(Baggage.NONE);
  }

  @Override
  public Forwarded forwarded() {
    return headers.first(ConnectHeaders.FORWARDED).map(Forwarded::parse).orElse(Forwarded.NONE);
  }

  @Override
  public TraceParent traceparent() {
    return headers
        .first(ConnectHeaders.TRACEPARENT)
        .map(TraceParent::parse)
        .orElse(TraceParent.NONE);
  }

  @Override
  public String header(String lowerCaseName) {
    return headers.first(HeaderName.of(lowerCaseName)).orElse("");
  }

  @Override
  public void onAbandoned(Runnable action) {
    if (gone && !answered) {
      action.run();
    } else {
      abandoned = action;
    }
  }

  @Override
  public ByteStream accept(Headers extra) {
    answer();
    stream.sendHeaders(ConnectHeaders.response(200, extra), false);
    return stream;
  }

  @Override
  public void refuse(int status) {
    answer();
    stream.sendHeaders(ConnectHeaders.response(status, ConnectHeaders.NONE), true);
    // The answer is whole: what the peer may still send is not wanted (RFC 9113 §8.1).
    stream.reset(ErrorCode.NO_ERROR);
  }

  @Override
  public void reset(Abort why) {
    answer();
    stream.reset(why);
  }

  private void answer() {
    if (answered) {
      throw new IllegalStateException("connect: answered twice (expected: once)");
    }
    answered = true;
    abandoned = null;
    // The tunnel may stay for long.
    headers = ConnectHeaders.NONE;
  }

  @Override
  public void onReset(Abort why) {
    gone = true;
    Runnable action = abandoned;
    abandoned = null;
    if (action != null) {
      action.run();
    }
  }
}
