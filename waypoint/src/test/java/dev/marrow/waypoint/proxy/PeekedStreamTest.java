package dev.marrow.waypoint.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeekedStreamTest {
  private final Source source = new Source();
  private final Receiver receiver = new Receiver();
  private final List<Integer> shown = new ArrayList<>();
  private final PeekedStream stream =
      PeekedStream.on(
          source,
          4,
          new PeekedStream.Peek() {
            @Override
            public void onPeek(byte[] bytes, int length, boolean ended) {
              shown.add(length);
            }

            @Override
            public void onReset(Abort why) {}
          });

  /** Says what a test wants. */
  private static final class Source implements ByteStream {
    private Listener listener = new Receiver();

    void arrives(int bytes) {
      listener.onBytes(Unpooled.wrappedBuffer(new byte[bytes]));
    }

    @Override
    public EventLoop loop() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void listen(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void write(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void flush() {}

    @Override
    public void finish() {}

    @Override
    public void reset(Abort why) {}

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void consumed(int bytes) {}
  }

  private static final class Receiver implements ByteStream.Listener {
    final List<String> heard = new ArrayList<>();

    @Override
    public void onBytes(ByteBuf bytes) {
      heard.add("bytes " + bytes.readableBytes());
      bytes.release();
    }

    @Override
    public void onFinish() {
      heard.add("finish");
    }

    @Override
    public void onReset(Abort why) {
      heard.add("reset " + why.reason());
    }
  }

  @Test
  void whoListensToAStreamThatWasResetMeanwhileHearsOfIt() {
    stream.start();
    source.arrives(1);
    source.listener.onReset(Abort.CANCELLED);

    stream.listen(receiver);

    assertThat(receiver.heard).containsExactly("reset CANCELLED");
  }

  @Test
  void whatIsShownWholeIsShownNoMoreAndNothingIsLost() {
    stream.start();
    for (int i = 0; i < 1000; i++) {
      source.arrives(1);
    }

    stream.listen(receiver);

    assertThat(shown).containsExactly(1, 2, 3, 4);
    assertThat(receiver.heard).containsExactly("bytes 1000");
  }
}
