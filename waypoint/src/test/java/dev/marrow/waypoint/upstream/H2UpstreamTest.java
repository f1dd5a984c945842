package dev.marrow.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteBudget;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class H2UpstreamTest {
  private static final String SETTINGS = "000000040000000000";
  private static final String SETTINGS_ACK = "000000040100000000";

  private final EmbeddedChannel clock = new EmbeddedChannel();
  private final Endless endpoint = new Endless(clock.eventLoop());
  private final List<Abort> resets = new ArrayList<>();

  @Test
  void aStreamOutlivesTheRetirementOfItsConnection() {
    clock.freezeTime();
    H2Upstream upstream = H2Upstream.on(endpoint, ByteBudget.NONE, () -> {}, gone -> {});
    endpoint.says(SETTINGS + SETTINGS_ACK);
    upstream.open(request(), false, resets::add);

    upstream.retire();
    for (int second = 0; second < 3600; second++) {
      clock.advanceTimeBy(1, TimeUnit.SECONDS);
      clock.runScheduledPendingTasks();
    }

    assertThat(resets).isEmpty();
    assertThat(endpoint.ended).isFalse();
  }

  private static Headers request() {
    return new Headers()
        .add(":method", "POST")
        .add(":scheme", "http")
        .add(":authority", "a")
        .add(":path", "/");
  }

  /** Answers every PING and nothing else. */
  private static final class Endless implements ByteStream {
    private static final int PING = 6;

    private final EventLoop loop;
    private @Nullable Listener listener;
    private boolean ended;

    Endless(EventLoop loop) {
      this.loop = loop;
    }

    void says(String frames) {
      if (listener != null) {
        listener.onBytes(Unpooled.copiedBuffer(HexFormat.of().parseHex(frames)));
      }
    }

    @Override
    public void write(ByteBuf bytes) {
      boolean ping = bytes.getByte(bytes.readerIndex() + 3) == PING;
      byte[] payload = new byte[8];
      if (ping) {
        bytes.getBytes(bytes.readerIndex() + 9, payload);
      }
      bytes.release();
      if (ping) {
        says("000008060100000000" + HexFormat.of().formatHex(payload));
      }
    }

    @Override
    public EventLoop loop() {
      return loop;
    }

    @Override
    public void listen(Listener receiver) {
      listener = receiver;
    }

    @Override
    public void flush() {}

    @Override
    public void finish() {
      ended = true;
    }

    @Override
    public void reset(Abort why) {
      ended = true;
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void consumed(int bytes) {}
  }
}
