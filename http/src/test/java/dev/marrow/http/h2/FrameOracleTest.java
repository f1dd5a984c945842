package dev.marrow.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our frame reader against Netty's, whatever the pieces; and against frames with bits flipped. */
class FrameOracleTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void anyCutGivesTheFramesThatNettySees(long seed) throws Exception {
    var random = new Random(seed);
    byte[] bytes = FrameMix.valid(random, 300);
    var ours = new FrameLog();
    var reader = new FrameReader(ours, 1 << 20, Limits.standard(), () -> false);

    for (int at = 0; at < bytes.length; ) {
      int part = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 12 : 3000));
      reader.read(Unpooled.copiedBuffer(bytes, at, part));
      at += part;
    }

    assertThat(ours.lines()).isEqualTo(netty(bytes));
  }

  private static List<String> netty(byte[] bytes) throws Exception {
    var log = new NettyFrameLog();
    var channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    try (var oracle = new DefaultHttp2FrameReader(false)) {
      oracle.maxFrameSize(1 << 20);
      ByteBuf in = Unpooled.copiedBuffer(bytes);
      while (in.isReadable()) {
        oracle.readFrame(channel.pipeline().firstContext(), in, log);
      }
      in.release();
    }
    channel.close();
    return log.lines();
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
  void flippedBitsAreRefusedInOrderAndLeaveNoBuffer(long seed) {
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      byte[] frames = FrameMix.valid(random, 12);
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        frames[random.nextInt(frames.length)] ^= (byte) (1 << random.nextInt(8));
      }
      run(frames, random);
    }
  }

  private static void run(byte[] frames, Random random) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(RawPeer.PREFACE.getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(frames);
    byte[] bytes = all.toByteArray();
    var echo = new Echo();
    var never = Duration.ZERO;
    var settings = Settings.http().withTimers(never, never, never);
    try (var transport = new FakeTransport()) {
      var connection = H2Connection.server(transport, settings, Limits.standard(), echo);
      for (int at = 0; at < bytes.length; ) {
        int part = Math.min(bytes.length - at, 1 + random.nextInt(400));
        transport.push(bytes, at, part);
        at += part;
      }
      connection.close(ErrorCode.NO_ERROR, "done");
    }
    assertThat(echo.closed()).isNotEqualTo(ErrorCode.INTERNAL_ERROR);
  }
}
