package dev.marrow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartQueueTest {
  private static final int RECEIVED = 2048;

  private final PartQueue queue = new PartQueue();
  private final List<ByteBuf> received = new ArrayList<>();
  private byte next;

  @AfterEach
  void close() {
    queue.release();
    assertThat(received).allMatch(buffer -> buffer.refCnt() == 0);
  }

  @Test
  void whatIsHeldIsInProportionToWhatWaits() {
    for (int i = 0; i < 1500; i++) {
      queue.add(part(55));
    }

    assertThat(received).filteredOn(buffer -> buffer.refCnt() > 0).hasSize(1);
    assertThat(held()).isLessThan(2 * 1500 * 55 + RECEIVED);
  }

  @Test
  void oneThatWaitsAloneAndWhatIsLargeAreNotCopied() {
    queue.add(part(55));
    queue.add(part(5000));

    assertThat(received).allMatch(buffer -> buffer.refCnt() == 1);
  }

  @Test
  void bytesStayInOrderWhateverTheirSizes() {
    int[] sizes = {100, 3, 5000, 1, 4096, 4096, 4096, 4096, 1, 9000, 2};
    for (int size : sizes) {
      queue.add(part(size));
    }
    byte taken = first().readByte();
    queue.add(part(7));

    assertThat(taken).isEqualTo((byte) 0);
    byte expected = 1;
    for (ByteBuf part = queue.poll(); part != null; part = queue.poll()) {
      while (part.isReadable()) {
        assertThat(part.readByte()).isEqualTo(expected++);
      }
      part.release();
    }
    assertThat(expected).isEqualTo(next);
  }

  @Test
  void aSliceOfTheFirstPartSurvivesWhatIsAddedLater() {
    queue.add(part(1));
    queue.add(part(100));
    ByteBuf alone = first();
    queue.poll();
    alone.release();
    ByteBuf slice = first().readRetainedSlice(50);

    for (int i = 0; i < 100; i++) {
      queue.add(part(100));
    }

    for (byte expected = 1; slice.isReadable(); expected++) {
      assertThat(slice.readByte()).isEqualTo(expected);
    }
    slice.release();
  }

  private ByteBuf first() {
    return Objects.requireNonNull(queue.peek());
  }

  private ByteBuf part(int size) {
    ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(RECEIVED, size));
    received.add(buffer);
    for (int i = 0; i < size; i++) {
      buffer.writeByte(next++);
    }
    ByteBuf slice = buffer.readRetainedSlice(size);
    buffer.release();
    return slice;
  }

  private int held() {
    int[] capacity = {0};
    queue.forEach(part -> capacity[0] += part.unwrap() == null ? part.capacity() : RECEIVED);
    return capacity[0];
  }
}
