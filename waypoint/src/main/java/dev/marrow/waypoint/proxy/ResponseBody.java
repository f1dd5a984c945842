package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.waypoint.destination.CompressionRules;
import dev.marrow.waypoint.filter.Encodings;
import dev.marrow.waypoint.filter.Gzip;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The response's body on its way to the client, compressed where the destination wants that and the
 * client takes it. Credit goes back to the endpoint for what it sent, as what became of it leaves.
 * Confined to its event loop.
 */
final class ResponseBody {
  private final Worker worker;
  private final MessageStream down;
  private final Ledger ledger;
  private @Nullable Gzip gzip;
  private boolean atOnce;

  // Only while compressing: what came, what it became, what of that has left, what was credited.
  private long in;
  private long out;
  private long left;
  private long credited;

  ResponseBody(Worker worker, MessageStream down, Ledger ledger) {
    this.worker = worker;
    this.down = down;
    this.ledger = ledger;
  }

  /** Decides, and changes the head for it. */
  void head(@Nullable CompressionRules rules, Headers request, Headers response, boolean empty) {
    if (rules == null || !Encodings.compressible(rules, response, ResponseHeads.status(response))) {
      return;
    }
    Encodings.vary(response);
    if (!empty && Encodings.accepted(request) && worker.compressing(1)) {
      // Who does not say how much there is may be saying it bit by bit, for somebody who waits.
      atOnce = !response.contains(HeaderName.CONTENT_LENGTH);
      Encodings.compressed(response);
      gzip = new Gzip();
    }
  }

  /** Takes ownership; what can be credited already is given to {@code sender}. */
  void bytes(ByteBuf bytes, Attempt sender) {
    Gzip packer = gzip;
    if (packer == null) {
      send(bytes);
      down.flush();
      return;
    }
    in += bytes.readableBytes();
    try {
      send(packer.add(bytes, atOnce, ByteBufAllocator.DEFAULT));
    } finally {
      bytes.release();
    }
    down.flush();
    sender.responseTaken(taken(0));
  }

  private void send(ByteBuf bytes) {
    int length = bytes.readableBytes();
    out += length;
    ledger.sent(length);
    if (length == 0) {
      bytes.release();
    } else {
      down.write(bytes);
    }
  }

  void finish(@Nullable Headers trailers) {
    Gzip packer = gzip;
    if (packer != null) {
      send(packer.finish(ByteBufAllocator.DEFAULT));
    }
    if (trailers == null) {
      down.finish();
    } else {
      down.sendTrailers(trailers);
    }
  }

  /** {@code bytes} have left; how many of the endpoint's those are. */
  int taken(int bytes) {
    if (gzip == null) {
      return bytes;
    }
    left += bytes;
    long due = left >= out ? in : (long) ((double) in * left / out);
    int credit = (int) Math.max(0, due - credited);
    credited += credit;
    return credit;
  }

  /**
   * The exchange is over: how many of the endpoint's bytes are still to be credited, since nobody
   * counts any more what becomes of what leaves.
   */
  int end() {
    Gzip packer = gzip;
    if (packer == null) {
      return 0;
    }
    gzip = null;
    packer.close();
    worker.compressing(-1);
    return (int) Math.min(in - credited, Integer.MAX_VALUE);
  }
}
