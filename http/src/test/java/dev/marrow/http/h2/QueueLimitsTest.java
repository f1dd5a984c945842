package dev.marrow.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteBudget;
import dev.marrow.http.ByteStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bounds on what is kept for a peer that sends without reading, or a reader that does not. */
class QueueLimitsTest {
  private static final int BIG = 1 << 20;
  private static final Headers ANSWER = new Headers().add(HeaderName.STATUS, "200");
  private static final Map<Integer, String> NAMES =
      Map.of(
          FrameType.DATA,
          "DATA",
          FrameType.RST_STREAM,
          "RST_STREAM",
          FrameType.WINDOW_UPDATE,
          "WINDOW_UPDATE");

  private final FakeTransport transport = new FakeTransport();
  private final Sloth sloth = new Sloth();

  @AfterEach
  void close() {
    sloth.held.forEach(ByteBuf::release);
    transport.close();
  }

  @Test
  void answersToAPeerThatDoesNotReadAreBounded() {
    start(new Limits(20, 4, 4096, 9, 9, 9, BIG, 9, 5, 1000, BIG, Duration.ZERO));
    transport.writable(false);

    push(60, RawPeer.bytes(FrameType.PING, 0, 0, new byte[8]));

    assertThat(sloth.reached).containsExactly(Limit.QUEUED_OUTBOUND_BYTES);
    assertThat(sloth.closed).containsExactly(ErrorCode.ENHANCE_YOUR_CALM);
  }

  @Test
  void creditForTheConnectionIsWithheldWhileTooMuchIsUnconsumedAndGivenAfterwards() {
    start(new Limits(20, 4, 4096, 9, 9, 9, 9, 9, 5, 1000, 60_000, Duration.ZERO));
    push(1, RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, RawPeer.POST));
    push(7, RawPeer.bytes(FrameType.DATA, 0, 1, new byte[10_000]));
    assertThat(sloth.reached).containsExactly(Limit.QUEUED_INBOUND_BYTES);
    int before = transport.written().writerIndex();

    sloth.consume();

    assertThat(transport.written().writerIndex()).isGreaterThan(before);
    assertThat(sloth.closed).isEmpty();
  }

  @Test
  void tinyPartsCountMoreThanTheirBytes() {
    start(new Limits(20, 4, 4096, 9, 9, 9, 9, 9, 5, 1000, 10_000, Duration.ZERO));
    push(1, RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, RawPeer.POST));

    push(1000, RawPeer.bytes(FrameType.DATA, 0, 1, new byte[1]));

    assertThat(sloth.closed).containsExactly(ErrorCode.ENHANCE_YOUR_CALM);
    assertThat(sloth.held.size()).isLessThan(200);
  }

  @Test
  void whatAStreamBroughtCountsUntilItIsConsumedThoughBothSidesHaveEnded() {
    ByteBudget budget = ByteBudget.of(BIG, () -> {});
    start(Limits.standard()).chargeTo(budget);
    push(1, RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, RawPeer.POST));
    push(1, RawPeer.bytes(FrameType.DATA, FrameType.END_STREAM, 1, new byte[5000]));
    sloth.streams.getFirst().sendHeaders(ANSWER, true);
    assertThat(sloth.streams.getFirst().closed()).isTrue();
    assertThat(budget.held()).isGreaterThanOrEqualTo(5000);

    sloth.consume();

    assertThat(budget.held()).isZero();
  }

  @Test
  void whatAStreamBroughtWholeCountsUntilItIsConsumedThoughAResetFollows() {
    ByteBudget budget = ByteBudget.of(BIG, () -> {});
    start(Limits.standard()).chargeTo(budget);
    push(1, RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, RawPeer.POST));
    push(1, RawPeer.bytes(FrameType.DATA, FrameType.END_STREAM, 1, new byte[5000]));
    push(1, RawPeer.bytes(FrameType.RST_STREAM, 0, 1, RawPeer.intBytes(8)));
    assertThat(budget.held()).isGreaterThanOrEqualTo(5000);

    sloth.consume();

    assertThat(budget.held()).isZero();
  }

  @Test
  void whatAStreamBroughtCountsNoMoreWhenItIsDropped() {
    ByteBudget budget = ByteBudget.of(BIG, () -> {});
    start(Limits.standard()).chargeTo(budget);
    push(1, RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, RawPeer.POST));
    push(1, RawPeer.bytes(FrameType.DATA, FrameType.END_STREAM, 1, new byte[5000]));
    sloth.streams.getFirst().sendHeaders(ANSWER, true);

    sloth.streams.getFirst().reset(Abort.CANCELLED);

    assertThat(budget.held()).isZero();
  }

  @Test
  void aConnectionThatHasEndedDoesNotWaitForItsGroup() {
    ByteBudget budget = ByteBudget.of(1000, () -> {});
    budget.charge(10_000);
    H2Connection server = start(Limits.standard()).chargeTo(budget);
    push(1, RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, RawPeer.POST));
    push(7, RawPeer.bytes(FrameType.DATA, 0, 1, new byte[10_000]));
    assertThat(budget.waiting()).isEqualTo(1);

    server.close(ErrorCode.NO_ERROR, "");

    assertThat(budget.waiting()).isZero();
  }

  @Test
  void anUploadThatIsNotWantedGetsNoMoreCreditAndEndsWithTheResponse() {
    start(Limits.standard());
    push(1, RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, RawPeer.POST));
    H2Stream stream = sloth.streams.getFirst();
    stream.sendHeaders(ANSWER, false);
    stream.refuseRest();
    transport.written().clear();
    push(60, RawPeer.bytes(FrameType.DATA, 0, 1, new byte[10_000]));
    sloth.consume();
    assertThat(frames()).containsOnly("WINDOW_UPDATE 0");

    transport.written().clear();
    stream.finish();

    assertThat(frames()).containsExactly("DATA 1", "RST_STREAM 1");
    assertThat(stream.closed()).isTrue();
  }

  @Test
  void aTunnelThatWasAnsweredIsNotResetForWhatMayCome() {
    start(Limits.standard());
    byte[] connect = HexFormat.of().parseHex("0207434f4e4e454354" + "4103613a31");
    push(1, RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, connect));
    H2Stream stream = sloth.streams.getFirst();
    stream.sendHeaders(ANSWER, false);
    transport.written().clear();

    stream.refuseRest();
    stream.finish();

    assertThat(frames()).containsExactly("DATA 1");
  }

  /** Kind and stream of each frame that was written. */
  private List<String> frames() {
    var frames = new ArrayList<String>();
    for (ByteBuf out = transport.written().duplicate(); out.isReadable(); ) {
      int length = out.readUnsignedMedium();
      int type = out.readUnsignedByte();
      out.skipBytes(1);
      frames.add(NAMES.get(type) + " " + out.readInt());
      out.skipBytes(length);
    }
    return frames;
  }

  @Test
  void aStreamThatWasResetDoesNotWaitForTheConnectionsWindow() {
    H2Connection server = start(Limits.standard());
    for (int id = 1; id < 20; id += 2) {
      push(1, RawPeer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, id, RawPeer.POST));
      H2Stream stream = sloth.streams.getLast();
      stream.write(Unpooled.buffer().writeZero(70_000));
      stream.flush();
      push(1, RawPeer.bytes(FrameType.WINDOW_UPDATE, 0, id, RawPeer.intBytes(70_000)));
      assertThat(server.outbound().waiting()).isEqualTo(1);

      push(1, RawPeer.bytes(FrameType.RST_STREAM, 0, id, RawPeer.intBytes(8)));

      assertThat(server.outbound().waiting()).isZero();
    }
  }

  private H2Connection start(Limits limits) {
    var never = Duration.ZERO;
    var settings = Settings.http().withWindows(BIG, 131_070).withTimers(never, never, never);
    H2Connection server = H2Connection.server(transport, settings, limits, sloth);
    push(1, RawPeer.PREFACE.getBytes(StandardCharsets.US_ASCII));
    push(1, RawPeer.bytes(FrameType.SETTINGS, 0, 0));
    return server;
  }

  private void push(int times, byte[] frame) {
    for (int i = 0; i < times; i++) {
      transport.push(frame, 0, frame.length);
    }
  }

  /** Takes bodies and gives no credit back. */
  private static final class Sloth
      implements ConnectionListener, StreamListener, ByteStream.Listener {
    private final List<ByteBuf> held = new ArrayList<>();
    private final List<Limit> reached = new ArrayList<>();
    private final List<ErrorCode> closed = new ArrayList<>();
    private final List<H2Stream> streams = new ArrayList<>();

    void consume() {
      held.forEach(bytes -> streams.getFirst().consumed(bytes.readableBytes()));
    }

    @Override
    public StreamListener onStream(H2Stream stream, Headers headers, boolean endStream) {
      streams.add(stream);
      stream.listen(this);
      return this;
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      held.add(bytes);
    }

    @Override
    public void onFinish() {}

    @Override
    public void onReset(Abort why) {}

    @Override
    public void onLimit(Limit limit) {
      reached.add(limit);
    }

    @Override
    public void onClosed(Closed why) {
      closed.add(why.code());
    }
  }
}
