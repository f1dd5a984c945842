package dev.marrow.identity.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/** Sends the first TLS record as records of one byte each (RFC 8446 §5.1 allows it). */
final class OneByteRecords extends ChannelOutboundHandlerAdapter {
  private static final int HEADER = 5;
  private boolean done;

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ByteBuf records = (ByteBuf) message;
    if (done || !records.isReadable()) {
      ctx.write(message, promise);
      return;
    }
    done = true;
    ByteBuf split = ctx.alloc().buffer();
    int length = records.getUnsignedShort(records.readerIndex() + 3);
    for (int i = 0; i < length; i++) {
      split.writeBytes(records, records.readerIndex(), 3).writeShort(1);
      split.writeByte(records.getByte(records.readerIndex() + HEADER + i));
    }
    records.skipBytes(HEADER + length);
    split.writeBytes(records);
    records.release();
    ctx.write(split, promise);
  }
}
