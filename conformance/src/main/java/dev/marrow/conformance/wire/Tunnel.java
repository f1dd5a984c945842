package dev.marrow.conformance.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One CONNECT stream (RFC 9113 §8.5). Confined to the thread of its connection. */
public final class Tunnel {
  private final H2Link h2;
  private final int stream;
  private List<Field> answer = List.of();

  private Tunnel(H2Link h2, int stream) {
    this.h2 = h2;
    this.stream = stream;
  }

  /** Sends the CONNECT; does not wait. */
  public static Tunnel request(H2Link h2, boolean end, Field... fields) throws IOException {
    int stream = h2.newStream();
    h2.send(Frames.headers(stream, end, HpackEncoder.encode(fields)));
    return new Tunnel(h2, stream);
  }

  /** The usual CONNECT for {@code authority}, with further fields behind. */
  public static Tunnel connect(H2Link h2, String authority, Field... more) throws IOException {
    List<Field> fields =
        new ArrayList<>(List.of(Field.of(":method", "CONNECT"), Field.of(":authority", authority)));
    fields.addAll(List.of(more));
    return request(h2, false, fields.toArray(new Field[0]));
  }

  public int stream() {
    return stream;
  }

  /** The status of the answer; empty when the stream was reset or nothing came in time. */
  public Optional<Integer> status(Duration patience) throws IOException {
    Optional<Frame> frame = h2.await(this::answers, patience);
    if (frame.isEmpty() || frame.get().is(Frame.RST_STREAM) || frame.get().is(Frame.GOAWAY)) {
      return Optional.empty();
    }
    answer = h2.fields(frame.get());
    return answer.stream()
        .filter(f -> f.name().equals(":status"))
        .map(f -> Integer.parseInt(f.value()))
        .findFirst();
  }

  private boolean answers(Frame frame) {
    boolean ours =
        frame.stream() == stream && (frame.is(Frame.HEADERS) || frame.is(Frame.RST_STREAM));
    return ours || frame.is(Frame.GOAWAY) && frame.number(0) < stream;
  }

  /** The header fields of the answer. */
  public List<Field> answer() {
    return List.copyOf(answer);
  }

  public void send(byte[] bytes, boolean end) throws IOException {
    h2.send(Frames.data(stream, end, bytes));
  }

  /**
   * Bytes from the other end until {@code count} are there, END_STREAM, a reset, or the time is
   * over.
   */
  public byte[] receive(int count, Duration patience) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long deadline = System.nanoTime() + patience.toNanos();
    while (out.size() < count) {
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (left.isNegative()) {
        break;
      }
      Optional<Frame> frame =
          h2.await(f -> f.stream() == stream && (f.is(Frame.DATA) || f.is(Frame.RST_STREAM)), left);
      if (frame.isEmpty() || frame.get().is(Frame.RST_STREAM)) {
        break;
      }
      out.writeBytes(content(frame.get()));
      if (frame.get().has(Frame.END_STREAM)) {
        break;
      }
    }
    return out.toByteArray();
  }

  static byte[] content(Frame data) {
    if (!data.has(Frame.PADDED)) {
      return data.payload();
    }
    return Arrays.copyOfRange(
        data.payload(), 1, data.payload().length - (data.payload()[0] & 0xff));
  }

  /**
   * How the other end finished: the frame with END_STREAM, or the RST_STREAM; empty when neither
   * came in time.
   */
  public Optional<Frame> end(Duration patience) throws IOException {
    return h2.await(
        f ->
            f.stream() == stream
                && (f.is(Frame.RST_STREAM)
                    || f.has(Frame.END_STREAM) && (f.is(Frame.DATA) || f.is(Frame.HEADERS))),
        patience);
  }

  public void reset(ErrorCode code) throws IOException {
    h2.send(Frames.reset(stream, code));
  }
}
