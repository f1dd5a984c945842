package dev.marrow.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.StreamChannel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a connection that has ended waits for its peer to take the rest. */
class LingerTest {
  private final EmbeddedChannel clock = new EmbeddedChannel();
  private final FakeTransport transport = new FakeTransport(clock.eventLoop());
  private final Answering answering = new Answering();
  private H2Connection server;

  @BeforeEach
  void serve() {
    clock.freezeTime();
    var never = Duration.ZERO;
    var settings = Settings.http().withTimers(never, never, Duration.ofSeconds(20));
    server = H2Connection.server(transport, settings, Limits.standard(), answering);
    push(RawPeer.PREFACE.getBytes(StandardCharsets.US_ASCII));
    push(RawPeer.bytes(FrameType.SETTINGS, 0, 0));
    push(RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, RawPeer.POST));
  }

  @AfterEach
  void close() {
    clock.close();
    transport.written().release();
  }

  @Test
  void aWholeResponseHasTheTimeThatAPingHas() {
    push(RawPeer.bytes(FrameType.GOAWAY, 0, 0, new byte[8]));
    push(RawPeer.bytes(FrameType.DATA, FrameType.END_STREAM, 1));
    answering.streams.getFirst().sendHeaders(new Headers().add(HeaderName.STATUS, "200"), true);
    assertThat(transport.finished()).isTrue();

    pass(19);
    assertThat(transport.wasReset()).isFalse();
    pass(2);

    assertThat(transport.wasReset()).isTrue();
  }

  @Test
  void whatWasCutAnywayIsNotWaitedFor() {
    server.close(ErrorCode.NO_ERROR, "");

    pass(2);

    assertThat(transport.wasReset()).isTrue();
  }

  @Test
  void aChannelInsideATunnelHasTheSameTime() throws Exception {
    var outer = new FakeTransport(clock.eventLoop());
    var channel = StreamChannel.on(clock.eventLoop(), new ChannelInboundHandlerAdapter());
    channel.attach(outer);

    channel.close().sync();
    pass(19);
    assertThat(outer.wasReset()).isFalse();
    pass(2);

    assertThat(outer.wasReset()).isTrue();
  }

  private void pass(int seconds) {
    clock.advanceTimeBy(seconds, TimeUnit.SECONDS);
    clock.runScheduledPendingTasks();
  }

  private void push(byte[] bytes) {
    transport.push(bytes, 0, bytes.length);
  }

  /** Keeps the stream, to answer it. */
  private static final class Answering implements ConnectionListener, StreamListener {
    private final List<H2Stream> streams = new ArrayList<>();

    @Override
    public StreamListener onStream(H2Stream opened, Headers headers, boolean endStream) {
      streams.add(opened);
      return this;
    }

    @Override
    public void onReset(Abort why) {}
  }
}
