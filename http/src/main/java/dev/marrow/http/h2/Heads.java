package dev.marrow.http.h2;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.hpack.HpackDecoder;
import dev.marrow.http.hpack.HpackException;

/**
 * What header blocks from the peer do: open a stream, answer one, or end one with trailers (RFC
 * 9113 §8.1). Every block is decoded, whatever becomes of it: the table is the connection's.
 * Confined to its connection.
 */
final class Heads {
  private final H2Connection connection;
  private final Inbound inbound;
  private final StreamTable streams;
  private final Settings settings;
  private final Limits limits;
  private final HpackDecoder decoder;
  private final Headers headers = new Headers();
  private int lastPeerStream;

  Heads(H2Connection connection, Inbound inbound, StreamTable streams) {
    this.connection = connection;
    this.inbound = inbound;
    this.streams = streams;
    this.settings = connection.settings();
    this.limits = connection.limits();
    this.decoder = new HpackDecoder(settings.headerTableBytes());
  }

  int lastPeerStream() {
    return lastPeerStream;
  }

  void received(int id, byte[] block, int length, boolean endStream, int dependency)
      throws H2Error {
    H2Stream stream = streams.find(id);
    if (stream == null) {
      checkMayOpen(id);
    }
    HpackDecoder.Result result = decode(block, length);
    if (stream == null) {
      if (connection.server() && id > lastPeerStream) {
        lastPeerStream = id;
        open(id, result, endStream, dependency);
      }
      return;
    }
    if (stream.remoteEnded()) {
      error(id, ErrorCode.STREAM_CLOSED, "HEADERS: after END_STREAM");
    } else if (result != HpackDecoder.Result.COMPLETE) {
      tooLarge(id, result);
    } else if (dependency == id) {
      error(id, ErrorCode.PROTOCOL_ERROR, "HEADERS: depends on itself");
    } else if (stream.headReceived()) {
      trailers(stream, endStream);
    } else {
      response(stream, endStream);
    }
  }

  /** Whether HEADERS may come on a stream that is not open; some are let pass and dropped. */
  private void checkMayOpen(int id) throws H2Error {
    boolean peers = connection.server() == ((id & 1) == 1);
    if (peers && connection.server() && id > lastPeerStream) {
      return;
    }
    StreamTable.End end = streams.endOf(id);
    if (end == StreamTable.End.CLOSED) {
      throw H2Error.connection(ErrorCode.STREAM_CLOSED, "HEADERS: on a closed stream");
    }
    if (end == StreamTable.End.UNKNOWN) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "HEADERS: stream may not be opened");
    }
  }

  private HpackDecoder.Result decode(byte[] block, int length) throws H2Error {
    headers.clear();
    try {
      return decoder.decode(
          block, 0, length, headers, settings.maxHeaderListBytes(), limits.maxHeaderFields());
    } catch (HpackException e) {
      throw H2Error.connection(ErrorCode.COMPRESSION_ERROR, "HPACK: " + e.getMessage());
    }
  }

  private void open(int id, HpackDecoder.Result result, boolean endStream, int dependency)
      throws H2Error {
    if (id > connection.lastAcceptedStream()) {
      streams.remember(id);
      return;
    }
    if (result != HpackDecoder.Result.COMPLETE) {
      tooLarge(id, result);
      return;
    }
    if (dependency == id) {
      error(id, ErrorCode.PROTOCOL_ERROR, "HEADERS: depends on itself");
      return;
    }
    String wrong = HeaderRules.request(headers, settings.extendedConnect());
    boolean tunnel = connects();
    long declared = tunnel ? -1 : HeaderRules.contentLength(headers);
    if (!wrong.isEmpty() || declared == -2 || endStream && declared > 0) {
      error(id, ErrorCode.PROTOCOL_ERROR, wrong.isEmpty() ? "content-length: wrong" : wrong);
      return;
    }
    if (streams.size() >= settings.maxConcurrentStreams()) {
      connection.limitReached(Limit.CONCURRENT_STREAMS);
      error(id, ErrorCode.REFUSED_STREAM, "streams: too many");
      return;
    }
    H2Stream stream = connection.accepted(id);
    stream.headReceived(declared, tunnel);
    connection.dispatch(stream, headers, endStream);
  }

  private boolean connects() {
    int method = headers.find(HeaderName.METHOD);
    return method >= 0 && headers.valueIs(method, "CONNECT");
  }

  private void response(H2Stream stream, boolean endStream) throws H2Error {
    String wrong = HeaderRules.response(headers);
    int status = HeaderRules.status(headers);
    if (!wrong.isEmpty() || status < 200 && endStream) {
      error(stream.id(), ErrorCode.PROTOCOL_ERROR, wrong.isEmpty() ? "1xx: END_STREAM" : wrong);
      return;
    }
    if (status < 200) {
      stream.receiveHead(headers, false);
      return;
    }
    H2Stream.Request request = stream.request();
    boolean tunnel = request == H2Stream.Request.CONNECT && status < 300;
    boolean bodiless = request == H2Stream.Request.HEAD || status == 204 || status == 304;
    long declared = tunnel ? -1 : HeaderRules.contentLength(headers);
    // Before anybody hears of it: a head that ends the stream is passed on as a whole response.
    if (declared == -2 || endStream && declared > 0 && !bodiless) {
      error(stream.id(), ErrorCode.PROTOCOL_ERROR, "content-length: wrong");
      return;
    }
    // There the length is that of another response (RFC 9110 §8.6), and this one has no body.
    stream.headReceived(bodiless ? 0 : declared, tunnel);
    stream.receiveHead(headers, endStream);
    if (endStream) {
      inbound.end(stream);
    }
  }

  private void trailers(H2Stream stream, boolean endStream) throws H2Error {
    String wrong = HeaderRules.trailers(headers);
    if (stream.tunnel()) {
      wrong = "HEADERS: on a tunnel";
    } else if (!endStream) {
      wrong = "HEADERS: second without END_STREAM";
    }
    if (!wrong.isEmpty()) {
      error(stream.id(), ErrorCode.PROTOCOL_ERROR, wrong);
      return;
    }
    if (stream.receiveQueue().exact()) {
      stream.receiveTrailers(headers);
    }
    if (!stream.closed()) {
      inbound.end(stream);
    }
  }

  private void tooLarge(int id, HpackDecoder.Result result) throws H2Error {
    boolean bytes = result == HpackDecoder.Result.LIST_TOO_LARGE;
    connection.limitReached(bytes ? Limit.HEADER_LIST_BYTES : Limit.HEADER_FIELDS);
    error(id, ErrorCode.ENHANCE_YOUR_CALM, bytes ? "headers: too large" : "headers: too many");
  }

  private void error(int id, ErrorCode code, String detail) throws H2Error {
    inbound.streamError(id, code, detail);
  }
}
