package dev.marrow.conformance.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * An HTTP/2 connection without manners of its own. Sends what it is told; answers SETTINGS and
 * PING, and gives credit, unless told not to. Confined to one thread.
 */
public final class H2Link implements AutoCloseable {
  private static final int MAX_FRAME = 1 << 24;
  private static final int MOST_SEEN = 20_000;

  private final Link link;
  private final Transcript transcript;
  private final HpackDecoder hpack = new HpackDecoder();
  private final Deque<Frame> unread = new ArrayDeque<>();
  private final Map<Frame, List<Field>> decoded = new IdentityHashMap<>();
  private final List<Frame> seen = new ArrayList<>();
  private final Map<Integer, Long> settings = new TreeMap<>();
  private byte[] pending = new byte[0];
  private int nextStream = 1;
  private boolean polite = true;
  private boolean generous = true;

  /** Takes over {@code link}; sends nothing yet. */
  public H2Link(Link link, Transcript transcript) {
    this.link = link;
    this.transcript = transcript;
  }

  /** Sends the preface and SETTINGS, and waits for the target's SETTINGS. */
  public H2Link begin(Duration patience, long... ourSettings) throws IOException {
    send(Frames.concat(Frames.PREFACE, Frames.settings(ourSettings)), "preface, SETTINGS");
    await(f -> f.is(Frame.SETTINGS) && !f.has(Frame.ACK), patience);
    return this;
  }

  /** Stops answering SETTINGS and PING. */
  public H2Link impolite() {
    polite = false;
    return this;
  }

  /** Stops giving flow-control credit. */
  public H2Link stingy() {
    generous = false;
    return this;
  }

  public int newStream() {
    int stream = nextStream;
    nextStream += 2;
    return stream;
  }

  /** Sends raw bytes; {@code what} is for the transcript. */
  public void send(byte[] bytes, String what) throws IOException {
    transcript.add("> %s", what);
    link.write(bytes);
  }

  /** Sends frames. */
  public void send(byte[]... frames) throws IOException {
    for (byte[] frame : frames) {
      int length = (frame[0] & 0xff) << 16 | (frame[1] & 0xff) << 8 | frame[2] & 0xff;
      int stream =
          (frame[5] & 0x7f) << 24
              | (frame[6] & 0xff) << 16
              | (frame[7] & 0xff) << 8
              | frame[8] & 0xff;
      byte[] payload = Arrays.copyOfRange(frame, 9, frame.length);
      Frame shown = new Frame(frame[3] & 0xff, frame[4] & 0xff, stream, payload);
      transcript.add(
          "> %s%s", shown, length == payload.length ? "" : " (claims " + length + " bytes)");
    }
    link.write(Frames.concat(frames));
  }

  /** The next frame, or empty when none came in time. */
  public Optional<Frame> next(Duration patience) throws IOException {
    if (!unread.isEmpty()) {
      return Optional.of(unread.poll());
    }
    return receive(patience);
  }

  /**
   * The first frame that {@code wanted} accepts; the others stay readable. Empty when none came in
   * time.
   */
  public Optional<Frame> await(Predicate<Frame> wanted, Duration patience) throws IOException {
    for (var each = unread.iterator(); each.hasNext(); ) {
      Frame frame = each.next();
      if (wanted.test(frame)) {
        each.remove();
        return Optional.of(frame);
      }
    }
    long deadline = System.nanoTime() + patience.toNanos();
    for (Duration left = patience;
        !left.isNegative() && !left.isZero();
        left = Duration.ofNanos(deadline - System.nanoTime())) {
      Optional<Frame> frame = receive(left);
      if (frame.isPresent() && wanted.test(frame.get())) {
        return frame;
      }
      frame.ifPresent(unread::add);
    }
    return Optional.empty();
  }

  private Optional<Frame> receive(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!complete()) {
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (left.isNegative() || left.isZero()) {
        return Optional.empty();
      }
      pending = Frames.concat(pending, link.read(left));
    }
    Frame frame = cut();
    transcript.add("< %s", frame);
    if (seen.size() < MOST_SEEN) {
      // Of tunnelled bytes only that they came: there may be a gigabyte of them.
      seen.add(
          frame.is(Frame.DATA)
              ? new Frame(frame.type(), frame.flags(), frame.stream(), new byte[0])
              : frame);
    }
    react(frame);
    return Optional.of(frame);
  }

  private boolean complete() throws IOException {
    if (pending.length < 9) {
      return false;
    }
    if (length() > MAX_FRAME) {
      throw new IOException("a frame of " + length() + " bytes");
    }
    return pending.length >= 9 + length();
  }

  private int length() {
    return (pending[0] & 0xff) << 16 | (pending[1] & 0xff) << 8 | pending[2] & 0xff;
  }

  private Frame cut() {
    int length = length();
    int stream =
        (pending[5] & 0x7f) << 24
            | (pending[6] & 0xff) << 16
            | (pending[7] & 0xff) << 8
            | pending[8] & 0xff;
    Frame frame =
        new Frame(
            pending[3] & 0xff,
            pending[4] & 0xff,
            stream,
            Arrays.copyOfRange(pending, 9, 9 + length));
    pending = Arrays.copyOfRange(pending, 9 + length, pending.length);
    return frame;
  }

  private void react(Frame frame) throws IOException {
    if (frame.is(Frame.HEADERS) && frame.has(Frame.END_HEADERS)) {
      // In the order of arrival, or the table of the decoder goes wrong.
      List<Field> fields = decode(frame);
      if (decoded.size() < MOST_SEEN) {
        decoded.put(frame, fields);
      }
    }
    if (frame.is(Frame.SETTINGS) && !frame.has(Frame.ACK)) {
      noteSettings(frame.payload());
      if (polite) {
        send(Frames.settingsAck());
      }
    }
    if (frame.is(Frame.PING) && !frame.has(Frame.ACK) && polite) {
      send(Frames.frame(Frame.PING, Frame.ACK, 0, frame.payload()));
    }
    if (frame.is(Frame.DATA) && frame.payload().length > 0 && generous) {
      byte[] connection = Frames.windowUpdate(0, frame.payload().length);
      boolean open = !frame.has(Frame.END_STREAM);
      link.write(
          open
              ? Frames.concat(
                  connection, Frames.windowUpdate(frame.stream(), frame.payload().length))
              : connection);
    }
  }

  private void noteSettings(byte[] payload) {
    for (int i = 0; i + 6 <= payload.length; i += 6) {
      int id = (payload[i] & 0xff) << 8 | payload[i + 1] & 0xff;
      settings.put(id, new Frame(0, 0, 0, Arrays.copyOfRange(payload, i + 2, i + 6)).number(0));
    }
  }

  /** What the target has announced, by identifier. */
  public Map<Integer, Long> settings() {
    return Collections.unmodifiableMap(new TreeMap<>(settings));
  }

  /** The fields of a HEADERS frame that carried its whole block. */
  public List<Field> fields(Frame headers) {
    return decoded.getOrDefault(headers, List.of());
  }

  private List<Field> decode(Frame headers) throws IOException {
    byte[] payload = headers.payload();
    int from = 0;
    int padding = 0;
    if (headers.has(Frame.PADDED)) {
      padding = payload[0] & 0xff;
      from++;
    }
    if (headers.has(Frame.PRIORITY_FLAG)) {
      from += 5;
    }
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(payload, from, payload.length - from - padding);
    return hpack.decode(block.toByteArray());
  }

  /** Every frame that has come so far, DATA without its bytes; the first ones of a flood. */
  public List<Frame> seen() {
    return List.copyOf(seen);
  }

  public Link link() {
    return link;
  }

  @Override
  public void close() {
    link.close();
  }
}
