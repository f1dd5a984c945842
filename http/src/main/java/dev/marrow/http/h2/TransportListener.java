package dev.marrow.http.h2;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What the transport of a connection brings. Confined to the connection. */
final class TransportListener implements ByteStream.Listener {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final H2Connection connection;
  private final Outbound outbound;
  private final FrameWriter writer;
  private final FrameReader reader;
  private final ByteStream transport;
  private final int maxQueuedOutboundBytes;
  private int prefaceMatched;

  TransportListener(
      H2Connection connection,
      ByteStream transport,
      Outbound outbound,
      FrameWriter writer,
      FrameReader reader) {
    this.connection = connection;
    this.transport = transport;
    this.outbound = outbound;
    this.writer = writer;
    this.reader = reader;
    this.maxQueuedOutboundBytes = connection.limits().maxQueuedOutboundBytes();
    this.prefaceMatched = connection.server() ? 0 : PREFACE.length;
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    int count = bytes.readableBytes();
    if (connection.closed()) {
      bytes.release();
    } else {
      read(bytes);
    }
    // Frames bound what is kept of this by windows of their own.
    transport.consumed(count);
  }

  private void read(ByteBuf bytes) {
    try {
      if (prefaceMatched < PREFACE.length && !preface(bytes)) {
        bytes.release();
        return;
      }
      reader.read(bytes);
      if (writer.blockedBytes() > maxQueuedOutboundBytes) {
        throw H2Error.flood(Limit.QUEUED_OUTBOUND_BYTES);
      }
    } catch (H2Error error) {
      Limit limit = error.limit();
      if (limit != null) {
        connection.limitReached(limit);
      }
      connection.close(error.code(), error.detail());
    } catch (RuntimeException e) {
      // A listener of a stream failed: a mistake of ours, which the other streams cannot mend.
      connection.close(ErrorCode.INTERNAL_ERROR, e.toString());
    }
  }

  /** Compares the client's preface (RFC 9113 §3.4); true when it is complete and more follows. */
  private boolean preface(ByteBuf bytes) throws H2Error {
    while (prefaceMatched < PREFACE.length && bytes.isReadable()) {
      if (bytes.readByte() != PREFACE[prefaceMatched++]) {
        prefaceMatched = 0;
        bytes.release();
        throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "preface: wrong");
      }
    }
    return bytes.isReadable();
  }

  @Override
  public void onFinish() {
    boolean clean = connection.openStreams() == 0;
    var why =
        new ConnectionListener.Closed(
            ErrorCode.NO_ERROR, true, clean ? "closed by peer" : "closed by peer amid streams");
    connection.shut(why, Abort.of(Abort.Reason.CONNECTION_LOST, "connection closed by peer"));
  }

  @Override
  public void onReset(Abort reset) {
    // A peer that closes while our last frames are under way resets TCP; with no stream left
    // nothing is lost by that.
    ErrorCode code = harmless(reset) ? ErrorCode.NO_ERROR : ErrorCode.CONNECT_ERROR;
    var why = new ConnectionListener.Closed(code, true, reset.detail());
    connection.shut(why, Abort.of(Abort.Reason.CONNECTION_LOST, reset.detail()));
  }

  private boolean harmless(Abort reset) {
    return connection.ready()
        && connection.openStreams() == 0
        && switch (reset.reason()) {
          case RESET, TRUNCATED, CONNECTION_LOST -> true;
          case CANCELLED, REFUSED, TIMEOUT, PROTOCOL, FLOOD, POLICY, DRAIN, INTERNAL -> false;
        };
  }

  @Override
  public void onWritable() {
    writer.unblocked();
    outbound.pump();
  }
}
