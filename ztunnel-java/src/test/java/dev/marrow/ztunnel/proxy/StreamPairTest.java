package dev.marrow.ztunnel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Both ends of a pair, called by the test as by their loop. */
class StreamPairTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final StreamPair pair = StreamPair.on(loop);

  @AfterEach
  void stop() {
    loop.shutdownGracefully();
  }

  /** Remembers resets only. */
  private record Resets(List<Abort> told) implements ByteStream.Listener {
    Resets() {
      this(new ArrayList<>());
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void onFinish() {}

    @Override
    public void onReset(Abort why) {
      told.add(why);
    }
  }

  @Test
  void aResetReachesTheOtherEnd() {
    var far = new Resets();
    pair.right().listen(far);

    pair.left().reset(Abort.CANCELLED);

    assertThat(far.told()).containsExactly(Abort.CANCELLED);
  }

  @Test
  void aResetReachesAnEndThatNobodyListenedToYet() {
    var far = new Resets();
    pair.left().reset(Abort.CANCELLED);

    pair.right().listen(far);

    assertThat(far.told()).containsExactly(Abort.CANCELLED);
  }
}
