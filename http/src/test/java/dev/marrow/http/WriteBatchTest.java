package dev.marrow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteBatchTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final WriteBatch batch = new WriteBatch(channel);

  @AfterEach
  void end() {
    channel.finishAndReleaseAll();
  }

  @Test
  void smallWritesBecomeOne() {
    batch.add(of(100));
    batch.add(of(1000));
    batch.add(of(4096));

    assertThat(written()).containsExactly(5196);
  }

  @Test
  void aLargeWriteStaysAsItIsAndInItsPlace() {
    batch.add(of(100));
    batch.add(of(100_000));
    batch.add(of(200));

    assertThat(written()).containsExactly(100, 100_000, 200);
  }

  @Test
  void noBatchIsLongerThanARecord() {
    for (int i = 0; i < 9; i++) {
      batch.add(of(4000));
    }

    assertThat(written()).containsExactly(16_000, 16_000, 4000);
  }

  @Test
  void whatIsDroppedIsReleased() {
    ByteBuf bytes = of(10);
    batch.add(bytes);

    batch.drop();

    assertThat(bytes.refCnt()).isZero();
    assertThat(written()).isEmpty();
  }

  private static ByteBuf of(int count) {
    return Unpooled.directBuffer(count).writeZero(count);
  }

  private List<Integer> written() {
    batch.pass();
    channel.flush();
    var sizes = new ArrayList<Integer>();
    for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
      sizes.add(each.readableBytes());
      each.release();
    }
    return sizes;
  }
}
