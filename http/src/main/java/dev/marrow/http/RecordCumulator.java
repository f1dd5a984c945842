package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * Joins what a read left over, a TLS record cut in two, with the next read. The left-over part is
 * copied in front of the new bytes, into the headroom of {@link ReceiveBuffers}; the usual way,
 * copying the new bytes behind the old ones, would move nearly every byte once more. Stateless.
 */
final class RecordCumulator implements ByteToMessageDecoder.Cumulator {
  static final RecordCumulator INSTANCE = new RecordCumulator();

  private RecordCumulator() {}

  @Override
  public ByteBuf cumulate(ByteBufAllocator alloc, ByteBuf cumulation, ByteBuf in) {
    int rest = cumulation.readableBytes();
    int at = in.readerIndex() - rest;
    boolean fits = cumulation != in && at >= 0 && in.refCnt() == 1 && !in.isReadOnly();
    if (rest == 0 || !fits) {
      return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(alloc, cumulation, in);
    }
    in.setBytes(at, cumulation, cumulation.readerIndex(), rest);
    cumulation.release();
    return in.readerIndex(at);
  }
}
