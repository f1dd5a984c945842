package dev.marrow.http.h2;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteBudget;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What frames from the peer do to streams and windows (RFC 9113 §5.1, §6). Header blocks go on to
 * {@link Heads}. Confined to its connection.
 */
final class Inbound implements FrameHandler {
  private final H2Connection connection;
  private final StreamTable streams;
  private final FrameWriter writer;
  private final Guard guard;
  private final Heads heads;
  private final ConnectionCredit credit;

  // The DATA frame being read.
  private @Nullable H2Stream current;
  private int currentPayload;

  Inbound(
      H2Connection connection,
      StreamTable streams,
      FrameWriter writer,
      Guard guard,
      ConnectionCredit credit) {
    this.connection = connection;
    this.streams = streams;
    this.writer = writer;
    this.guard = guard;
    this.credit = credit;
    this.heads = new Heads(connection, this, streams);
  }

  /** The highest stream the peer has opened. */
  int lastPeerStream() {
    return heads.lastPeerStream();
  }

  void chargeTo(ByteBudget group) {
    credit.chargeTo(group);
  }

  void end() {
    credit.end();
  }

  void charged(int cost) {
    credit.charged(cost);
  }

  void released(int cost) {
    if (cost > 0) {
      credit.released(cost);
    }
  }

  @Override
  public void dataBegins(int id, int flowBytes, int payloadBytes) throws H2Error {
    credit.spend(flowBytes);
    currentPayload = payloadBytes;
    current = null;
    H2Stream stream = streams.find(id);
    if (stream == null) {
      dataOnClosed(id);
    } else if (stream.remoteEnded()) {
      streamError(id, ErrorCode.STREAM_CLOSED, "DATA: after END_STREAM");
    } else if (!stream.headReceived()) {
      streamError(id, ErrorCode.PROTOCOL_ERROR, "DATA: before HEADERS");
    } else if (!stream.receiveQueue().spend(flowBytes)) {
      streamError(id, ErrorCode.FLOW_CONTROL_ERROR, "DATA: beyond the stream's window");
    } else if (!stream.receiveQueue().count(payloadBytes)) {
      streamError(id, ErrorCode.PROTOCOL_ERROR, "DATA: beyond content-length");
    } else {
      stream.receiveQueue().padding(flowBytes - payloadBytes);
      current = stream;
    }
  }

  private void dataOnClosed(int id) throws H2Error {
    if (connection.idle(id)) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "DATA: on an idle stream");
    }
    if (streams.endOf(id) != StreamTable.End.RESET_BY_US) {
      streamError(id, ErrorCode.STREAM_CLOSED, "DATA: on a closed stream");
    }
  }

  @Override
  public void data(ByteBuf part) {
    if (current == null) {
      part.release();
    } else {
      current.receive(part);
    }
  }

  @Override
  public void dataEnds(boolean endStream) throws H2Error {
    guard.data(currentPayload, endStream);
    H2Stream stream = current;
    current = null;
    if (stream != null && endStream) {
      end(stream);
    }
  }

  /** END_STREAM, on DATA or on trailers. */
  void end(H2Stream stream) throws H2Error {
    if (stream.receiveQueue().exact()) {
      stream.receiveEnd();
    } else {
      streamError(stream.id(), ErrorCode.PROTOCOL_ERROR, "body: shorter than content-length");
    }
  }

  @Override
  public void headers(int id, byte[] block, int length, boolean endStream, int dependency)
      throws H2Error {
    heads.received(id, block, length, endStream, dependency);
  }

  @Override
  public void streamError(int id, ErrorCode code, String detail) throws H2Error {
    guard.ourReset();
    H2Stream stream = streams.find(id);
    writer.resetStream(id, code);
    if (stream == null) {
      streams.remember(id);
    } else {
      stream.abort(Abort.of(code.reason(), detail));
      connection.ended(stream, true);
    }
  }

  @Override
  public void priority(int id, int dependency) throws H2Error {
    guard.control();
    if (id == dependency) {
      streamError(id, ErrorCode.PROTOCOL_ERROR, "PRIORITY: depends on itself");
    }
  }

  @Override
  public void resetStream(int id, int code) throws H2Error {
    if (connection.idle(id)) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "RST_STREAM: on an idle stream");
    }
    H2Stream stream = streams.find(id);
    // A server may end each request so (§8.1: NO_ERROR behind a whole response); it cannot make
    // more of them than we open.
    if (connection.server() || stream == null && code != ErrorCode.NO_ERROR.number()) {
      guard.peerReset();
    }
    if (stream != null) {
      stream.abort(ErrorCode.of(code).received());
      connection.ended(stream, false);
    }
  }

  @Override
  public void setting(int id, int value) throws H2Error {
    connection.peer().apply(id, value, writer, connection.outbound(), streams);
  }

  @Override
  public void settingsEnd(boolean ack) throws H2Error {
    if (ack) {
      connection.settingsAcknowledged();
      return;
    }
    guard.settings();
    connection.peer().begin();
    writer.settingsAck();
    connection.outbound().resume(streams);
    connection.settingsReceived();
  }

  @Override
  public void ping(boolean ack, long payload) throws H2Error {
    if (ack) {
      connection.pingAnswered(payload);
    } else {
      guard.ping();
      writer.ping(true, payload);
    }
  }

  @Override
  public void goAway(int lastStream, int code) throws H2Error {
    guard.control();
    connection.goAwayReceived(lastStream, ErrorCode.of(code));
  }

  @Override
  public void windowUpdate(int id, int increment) throws H2Error {
    guard.control();
    if (id == 0) {
      connection.outbound().credit(increment);
      return;
    }
    if (connection.idle(id)) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE: on an idle stream");
    }
    H2Stream stream = streams.find(id);
    if (stream == null) {
      return;
    }
    if (increment == 0) {
      streamError(id, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE: zero");
    } else if (!stream.sendQueue().credit(increment)) {
      streamError(id, ErrorCode.FLOW_CONTROL_ERROR, "window: above 2^31-1");
    } else {
      connection.outbound().offerIfWaiting(stream);
    }
  }

  @Override
  public void unknown() throws H2Error {
    guard.control();
  }
}
