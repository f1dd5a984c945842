package dev.marrow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RecordCumulatorTest {
  private final UnpooledByteBufAllocator alloc = UnpooledByteBufAllocator.DEFAULT;

  @Test
  void theRestOfOneReadGoesInFrontOfTheNext() {
    ByteBuf rest = text("rec", 0);
    ByteBuf next = text("ord", 8);

    ByteBuf joined = RecordCumulator.INSTANCE.cumulate(alloc, rest, next);

    assertThat(joined).isSameAs(next);
    assertThat(joined.toString(StandardCharsets.US_ASCII)).isEqualTo("record");
    assertThat(rest.refCnt()).isZero();
    joined.release();
  }

  @Test
  void withoutRoomInFrontTheNextReadGoesBehindTheRest() {
    ByteBuf rest = text("a longer rest and ", 0);
    ByteBuf next = text("more", 8);

    ByteBuf joined = RecordCumulator.INSTANCE.cumulate(alloc, rest, next);

    assertThat(joined.toString(StandardCharsets.US_ASCII)).isEqualTo("a longer rest and more");
    joined.release();
    assertThat(next.refCnt()).isZero();
  }

  @Test
  void memoryThatSomebodyElseHoldsIsNotWrittenTo() {
    ByteBuf rest = text("rec", 0);
    ByteBuf next = text("ord", 8);
    ByteBuf held = next.retainedDuplicate();

    ByteBuf joined = RecordCumulator.INSTANCE.cumulate(alloc, rest, next);

    assertThat(joined.toString(StandardCharsets.US_ASCII)).isEqualTo("record");
    assertThat(held.getByte(7)).isZero();
    held.release();
    joined.release();
  }

  private ByteBuf text(String text, int room) {
    ByteBuf bytes = alloc.directBuffer(room + text.length()).writeZero(room).readerIndex(room);
    bytes.writeCharSequence(text, StandardCharsets.US_ASCII);
    return bytes;
  }
}
