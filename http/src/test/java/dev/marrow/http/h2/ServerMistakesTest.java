package dev.marrow.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server must not send, and what a client makes of it (RFC 9113). */
class ServerMistakesTest {
  private static final int HEADERS = FrameType.HEADERS;
  private static final int OPEN = FrameType.END_HEADERS;
  private static final int END = FrameType.END_HEADERS | FrameType.END_STREAM;

  private final FakeTransport transport = new FakeTransport();
  private final List<Abort> resets = new ArrayList<>();
  private final H2Connection client =
      H2Connection.client(
          transport, Settings.http(), Limits.standard(), new ConnectionListener() {});

  @AfterEach
  void close() {
    transport.close();
  }

  private void push(byte[] frame) {
    transport.push(frame, 0, frame.length);
  }

  private void greet() {
    push(RawPeer.bytes(FrameType.SETTINGS, 0, 0));
  }

  private int ask() {
    return client.open(request("GET"), true, resets::add).id();
  }

  /** Hears of heads and of resets. */
  private record Told(List<String> what) implements StreamListener {
    @Override
    public void onHeaders(Headers headers, boolean endStream) {
      what.add("head");
    }

    @Override
    public void onReset(Abort why) {
      what.add(why.reason().name());
    }
  }

  private static Headers request(String method) {
    return new Headers()
        .add(":method", method)
        .add(":scheme", "http")
        .add(":authority", "a")
        .add(":path", "/");
  }

  /** The first RST_STREAM or GOAWAY that was written: {@code RST 1 CODE}, {@code GOAWAY CODE}. */
  private String said() {
    ByteBuf out = transport.written().duplicate();
    out.skipBytes(RawPeer.PREFACE.length());
    while (out.readableBytes() >= 9) {
      int length = out.readUnsignedMedium();
      int type = out.readUnsignedByte();
      out.skipBytes(1);
      int stream = out.readInt();
      int at = out.readerIndex();
      out.skipBytes(length);
      if (type == FrameType.RST_STREAM) {
        return "RST " + stream + " " + ErrorCode.of(out.getByte(at + 3));
      }
      if (type == FrameType.GOAWAY) {
        return "GOAWAY " + ErrorCode.of(out.getByte(at + 7));
      }
    }
    return "nothing";
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no status, 0f270178",
    "two statuses, 8888",
    "a pseudo-header of requests, 8882",
    "a pseudo-header after a field, 0f27017888",
    "a status that is none, 08023230",
    "101, 0803313031",
    "a field of the connection, 88000a636f6e6e656374696f6e05636c6f7365",
    "transfer-encoding, 880f2a076368756e6b6564",
    "a capital in a name, 880001580179",
    "a line break in a value, 88000178030d0a79",
    "a length without a body, 880f0d0135",
  })
  void aResponseHeadThatIsNoneEndsItsStream(String name, String block) {
    greet();
    int stream = ask();

    push(RawPeer.bytes(HEADERS, END, stream, hex(block)));

    assertThat(said()).as(name).isEqualTo("RST 1 PROTOCOL_ERROR");
    assertThat(resets).hasSize(1);
    assertThat(client.accepting()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a length without a body, 880f0d0135",
    "a length that is no number, 880f0d0178",
  })
  void nobodyHearsOfAHeadWhoseLengthIsWrong(String name, String block) {
    greet();
    var told = new ArrayList<String>();
    int stream = client.open(request("GET"), true, new Told(told)).id();

    push(RawPeer.bytes(HEADERS, END, stream, hex(block)));

    assertThat(told).as(name).containsExactly("PROTOCOL");
  }

  @Test
  void aLengthThatIsNoNumberIsAMistakeAlsoWhereNoBodyFollows() {
    greet();
    int stream = client.open(request("HEAD"), true, resets::add).id();

    push(RawPeer.bytes(HEADERS, END, stream, hex("880f0d0178")));

    assertThat(said()).isEqualTo("RST 1 PROTOCOL_ERROR");
  }

  @Test
  void theLengthOfWhatAGetWouldBringIsNoMistakeInTheAnswerToAHead() {
    greet();
    int stream = client.open(request("HEAD"), true, resets::add).id();

    push(RawPeer.bytes(HEADERS, END, stream, hex("880f0d0135")));

    assertThat(said()).isEqualTo("nothing");
    assertThat(client.openStreams()).isZero();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"HEAD, 88", "GET, 89", "GET, 8b"})
  void aResponseThatHasNoBodyCannotBringOne(String method, String block) {
    greet();
    int stream = client.open(request(method), true, resets::add).id();
    push(RawPeer.bytes(HEADERS, OPEN, stream, hex(block)));

    push(RawPeer.bytes(FrameType.DATA, FrameType.END_STREAM, stream, new byte[3]));

    assertThat(said()).isEqualTo("RST 1 PROTOCOL_ERROR");
  }

  @Test
  void anInterimResponseCannotBeTheLast() {
    greet();
    int stream = ask();

    push(RawPeer.bytes(HEADERS, END, stream, hex("0803313033")));

    assertThat(said()).isEqualTo("RST 1 PROTOCOL_ERROR");
  }

  @Test
  void aBodyNeedsAHeadInFrontOfIt() {
    greet();
    int stream = ask();

    push(RawPeer.bytes(FrameType.DATA, FrameType.END_STREAM, stream, new byte[3]));

    assertThat(said()).contains("PROTOCOL_ERROR");
  }

  @Test
  void aBodyShorterThanItsLengthEndsItsStream() {
    greet();
    int stream = ask();
    var frames = new ByteArrayOutputStream();
    frames.writeBytes(RawPeer.bytes(HEADERS, OPEN, stream, hex("880f0d0135")));
    frames.writeBytes(RawPeer.bytes(FrameType.DATA, FrameType.END_STREAM, stream, new byte[3]));

    push(frames.toByteArray());

    assertThat(said()).isEqualTo("RST 1 PROTOCOL_ERROR");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a push, 5, 4, 1, 0000000288",
    "a head on an idle stream, 1, 5, 3, 88",
    "a stream of the server's own, 1, 5, 2, 88",
    "data on stream 0, 0, 0, 0, 616263",
    "a reset of an idle stream, 3, 0, 3, 00000008",
    "push allowed by a server, 4, 0, 0, 000200000001",
    "a window that grows by nothing, 8, 0, 0, 00000000",
  })
  void whatBreaksTheProtocolEndsTheConnection(
      String name, int type, int flags, int stream, String payload) {
    greet();
    ask();

    push(RawPeer.bytes(type, flags, stream, hex(payload)));

    assertThat(said()).as(name).isEqualTo("GOAWAY PROTOCOL_ERROR");
    assertThat(client.accepting()).isFalse();
  }

  @Test
  void theFirstFrameIsSettings() {
    push(RawPeer.bytes(FrameType.PING, 0, 0, new byte[8]));

    assertThat(said()).isEqualTo("GOAWAY PROTOCOL_ERROR");
  }

  @Test
  void requestsThatAServerWhichLeavesHasNotSeenMayBeSentAgain() {
    greet();
    ask();

    push(RawPeer.bytes(FrameType.GOAWAY, 0, 0, new byte[8]));

    assertThat(resets).extracting(Abort::reason).containsExactly(Abort.Reason.REFUSED);
    assertThat(client.accepting()).isFalse();
  }
}
