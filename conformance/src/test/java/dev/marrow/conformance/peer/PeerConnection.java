package dev.marrow.conformance.peer;

import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.HpackDecoder;
import dev.marrow.conformance.wire.HpackEncoder;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;

/**
 * The server side of one HTTP/2 connection. Its reader is the thread of {@link #serve}; tunnels
 * write from threads of their own.
 */
final class PeerConnection {
  static final int WINDOW = 65_535;
  private static final int MOST_STREAMS = 100;
  private static final int MOST_FRAME = 16_384;
  private static final int MOST_HEADERS = 32 * 1024;
  private static final int MOST_CONTINUATIONS = 16;
  private static final int MOST_FIELDS = 200;
  private static final int BUDGET = 500;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final Set<Defect> defects;
  private final RequestRules rules;
  private final Map<Integer, PeerTunnel> tunnels = new ConcurrentHashMap<>();
  private final HpackDecoder hpack = new HpackDecoder();
  private final Credit credit = new Credit();
  private final PeerPolicies policies;
  private final String caller;
  private final String source;
  private int lastStream;
  private int received = WINDOW;
  private int annoyances;
  private int closedByError;

  PeerConnection(SSLSocket socket, Socket plain, Set<Defect> defects, PeerPolicies policies)
      throws IOException {
    this.policies = policies;
    this.caller = StrictTrust.principal(socket.getSession());
    this.source = plain.getInetAddress().getHostAddress();
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
    this.defects = defects;
    this.rules = new RequestRules((InetSocketAddress) plain.getLocalSocketAddress(), defects);
  }

  Credit credit() {
    return credit;
  }

  boolean has(Defect defect) {
    return defects.contains(defect);
  }

  /** Policies have changed: who is no longer allowed is cut off. */
  private void judgeAgain() {
    if (has(Defect.KEEPS_DENIED_TUNNELS)) {
      return;
    }
    for (Map.Entry<Integer, PeerTunnel> each : tunnels.entrySet()) {
      if (!policies.allows(caller, source, each.getValue().port())) {
        forget(each.getKey());
        each.getValue().reset();
        try {
          write(Frames.reset(each.getKey(), ErrorCode.CANCEL));
        } catch (IOException e) {
          return; // gone already
        }
      }
    }
  }

  void serve() throws IOException {
    policies.onChange(this::judgeAgain);
    boolean truncated = false;
    try {
      preface();
      while (true) {
        try {
          dispatch(read());
        } catch (Violation e) {
          if (e.stream() == 0) {
            throw e;
          }
          streamError(e);
        }
      }
    } catch (Violation e) {
      write(Frames.goAway(lastStream, e.code()));
      socket.close();
    } catch (EOFException e) {
      truncated = true;
    } finally {
      boolean keep = truncated && has(Defect.KEEPS_TUNNELS_AFTER_TRUNCATION);
      if (!keep) {
        tunnels.values().forEach(PeerTunnel::reset);
      }
      credit.close();
    }
  }

  private void preface() throws IOException, Violation {
    byte[] preface = new byte[Frames.PREFACE.length];
    in.readFully(preface);
    if (!Arrays.equals(preface, Frames.PREFACE)) {
      throw new Violation(0, ErrorCode.PROTOCOL_ERROR);
    }
    write(
        has(Defect.HAS_NO_STREAM_LIMIT)
            ? Frames.settings()
            : Frames.settings(
                Frames.MAX_CONCURRENT_STREAMS,
                MOST_STREAMS,
                Frames.MAX_HEADER_LIST_SIZE,
                MOST_HEADERS));
  }

  private Frame read() throws IOException, Violation {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & 0x7fffffff;
    if (length > MOST_FRAME && !has(Defect.ACCEPTS_ANY_FRAME_SIZE)) {
      throw new Violation(0, ErrorCode.FRAME_SIZE_ERROR);
    }
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(type, flags, stream, payload);
  }

  private void dispatch(Frame frame) throws IOException, Violation {
    switch (frame.type()) {
      case Frame.DATA -> data(frame);
      case Frame.HEADERS -> headers(frame);
      case Frame.PRIORITY -> size(frame, 5, frame.stream());
      case Frame.RST_STREAM -> reset(frame);
      case Frame.SETTINGS -> settings(frame);
      case Frame.PING -> ping(frame);
      case Frame.GOAWAY -> size(frame, Math.max(8, frame.payload().length), 0);
      case Frame.WINDOW_UPDATE -> windowUpdate(frame);
      case Frame.PUSH_PROMISE, Frame.CONTINUATION ->
          throw new Violation(0, ErrorCode.PROTOCOL_ERROR);
      default -> annoyed();
    }
  }

  private void size(Frame frame, int wanted, int stream) throws Violation {
    if (frame.payload().length != wanted && !has(Defect.ACCEPTS_ANY_FRAME_SIZE)) {
      throw new Violation(stream, ErrorCode.FRAME_SIZE_ERROR);
    }
  }

  private void annoyed() throws Violation {
    if (++annoyances > BUDGET && !has(Defect.HAS_NO_BUDGET)) {
      throw new Violation(0, ErrorCode.ENHANCE_YOUR_CALM);
    }
  }

  private void data(Frame frame) throws IOException, Violation {
    if (frame.stream() == 0 || frame.stream() > lastStream) {
      throw new Violation(0, ErrorCode.PROTOCOL_ERROR);
    }
    received -= frame.payload().length;
    if (received < 0 && !has(Defect.IGNORES_THE_RECEIVERS_WINDOW)) {
      throw new Violation(0, ErrorCode.FLOW_CONTROL_ERROR);
    }
    byte[] content = unpad(frame);
    if (content.length == 0 && !frame.has(Frame.END_STREAM)) {
      annoyed();
    }
    PeerTunnel tunnel = tunnels.get(has(Defect.MIXES_STREAMS) ? lastStream : frame.stream());
    if (tunnel == null) {
      consumed(0, frame.payload().length);
      throw new Violation(frame.stream(), ErrorCode.STREAM_CLOSED);
    }
    int padding = frame.payload().length - content.length;
    tunnel.receive(content, padding, frame.has(Frame.END_STREAM));
  }

  private byte[] unpad(Frame frame) throws Violation {
    byte[] payload = frame.payload();
    if (!frame.has(Frame.PADDED) || has(Defect.DELIVERS_PADDING)) {
      return payload;
    }
    if (payload.length == 0 || (payload[0] & 0xff) >= payload.length) {
      throw new Violation(0, ErrorCode.PROTOCOL_ERROR);
    }
    return Arrays.copyOfRange(payload, 1, payload.length - (payload[0] & 0xff));
  }

  private void headers(Frame frame) throws IOException, Violation {
    int stream = frame.stream();
    if (stream % 2 == 0 || stream <= lastStream && !tunnels.containsKey(stream)) {
      throw new Violation(0, ErrorCode.PROTOCOL_ERROR);
    }
    List<Field> fields = fields(frame);
    PeerTunnel open = tunnels.get(stream);
    if (open != null) {
      throw new Violation(stream, ErrorCode.PROTOCOL_ERROR); // a tunnel carries DATA only
    }
    lastStream = stream;
    if (tunnels.size() >= MOST_STREAMS && !has(Defect.HAS_NO_STREAM_LIMIT)) {
      throw new Violation(stream, ErrorCode.REFUSED_STREAM);
    }
    int size = fields.stream().mapToInt(f -> f.name().length() + f.value().length() + 32).sum();
    if (size > MOST_HEADERS || fields.size() > MOST_FIELDS) {
      answer(stream, 431);
      return;
    }
    Optional<RequestRules.Target> target = rules.judge(stream, fields);
    if (target.isEmpty()) {
      answer(stream, rules.status());
      return;
    }
    if (!policies.allows(caller, source, target.get().port())) {
      answer(stream, 401);
      return;
    }
    PeerTunnel tunnel = new PeerTunnel(this, stream, target.get());
    tunnels.put(stream, tunnel);
    credit.open(stream);
    tunnel.start(frame.has(Frame.END_STREAM));
  }

  private List<Field> fields(Frame frame) throws IOException, Violation {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    byte[] first = unpad(frame);
    int skip = frame.has(Frame.PRIORITY_FLAG) ? 5 : 0;
    block.write(first, Math.min(skip, first.length), Math.max(0, first.length - skip));
    int frames = 0;
    for (Frame next = frame; !next.has(Frame.END_HEADERS); ) {
      next = read();
      if (!next.is(Frame.CONTINUATION) || next.stream() != frame.stream()) {
        throw new Violation(0, ErrorCode.PROTOCOL_ERROR);
      }
      block.writeBytes(next.payload());
      boolean endless = ++frames > MOST_CONTINUATIONS || block.size() > 4 * MOST_HEADERS;
      if (endless && !has(Defect.READS_ENDLESS_HEADERS)) {
        throw new Violation(0, ErrorCode.ENHANCE_YOUR_CALM);
      }
    }
    try {
      return hpack.decode(block.toByteArray());
    } catch (IOException e) {
      throw new Violation(0, ErrorCode.COMPRESSION_ERROR);
    }
  }

  private void reset(Frame frame) throws Violation {
    size(frame, 4, 0);
    if (frame.stream() == 0 || frame.stream() > lastStream) {
      throw new Violation(0, ErrorCode.PROTOCOL_ERROR);
    }
    annoyed();
    PeerTunnel tunnel = tunnels.remove(frame.stream());
    if (tunnel != null) {
      tunnel.reset();
    }
  }

  private void settings(Frame frame) throws IOException, Violation {
    boolean wrong = frame.payload().length % 6 != 0 || frame.stream() != 0;
    if (wrong) {
      throw new Violation(0, ErrorCode.FRAME_SIZE_ERROR);
    }
    if (frame.has(Frame.ACK)) {
      return;
    }
    annoyed();
    for (int at = 0; at + 6 <= frame.payload().length; at += 6) {
      setting(frame.number(at) >>> 16, value(frame, at + 2));
    }
    if (!has(Defect.FORGETS_THE_SETTINGS_ACK)) {
      write(Frames.settingsAck());
    }
  }

  private static long value(Frame frame, int at) {
    return frame.number(at);
  }

  private void setting(long id, long value) throws Violation {
    boolean window = id == Frames.INITIAL_WINDOW_SIZE;
    boolean wrong =
        window && value > Integer.MAX_VALUE
            || id == Frames.MAX_FRAME_SIZE && (value < 16_384 || value > 16_777_215)
            || id == Frames.ENABLE_PUSH && value > 1;
    if (wrong && !has(Defect.ACCEPTS_ANY_SETTING)) {
      throw new Violation(0, window ? ErrorCode.FLOW_CONTROL_ERROR : ErrorCode.PROTOCOL_ERROR);
    }
    if (window) {
      credit.initial((int) value);
    }
  }

  private void ping(Frame frame) throws IOException, Violation {
    size(frame, 8, 0);
    if (frame.stream() != 0) {
      throw new Violation(0, ErrorCode.PROTOCOL_ERROR);
    }
    if (!frame.has(Frame.ACK)) {
      annoyed();
      if (!has(Defect.NEVER_ANSWERS_PING)) {
        write(Frames.frame(Frame.PING, Frame.ACK, 0, frame.payload()));
      }
    }
  }

  private void windowUpdate(Frame frame) throws Violation {
    size(frame, 4, 0);
    if (frame.stream() > lastStream) {
      throw new Violation(0, ErrorCode.PROTOCOL_ERROR);
    }
    long increment = frame.number(0) & 0x7fffffff;
    if (increment == 0) {
      throw new Violation(frame.stream(), ErrorCode.PROTOCOL_ERROR);
    }
    if (!credit.give(frame.stream(), increment)) {
      throw new Violation(frame.stream(), ErrorCode.FLOW_CONTROL_ERROR);
    }
  }

  private void streamError(Violation violation) throws IOException, Violation {
    PeerTunnel tunnel = tunnels.remove(violation.stream());
    if (tunnel != null) {
      tunnel.reset();
    }
    // Streams that we are made to reset count like those the client resets (CVE-2025-8671).
    if (++closedByError > BUDGET && !has(Defect.HAS_NO_BUDGET)) {
      throw new Violation(0, ErrorCode.ENHANCE_YOUR_CALM);
    }
    write(Frames.reset(violation.stream(), violation.code()));
  }

  void answer(int stream, int status) throws IOException {
    boolean end = status != 200;
    write(
        Frames.headers(
            stream, end, HpackEncoder.encode(Field.of(":status", String.valueOf(status)))));
  }

  /** Gives receive credit back. */
  void consumed(int stream, int bytes) throws IOException {
    if (bytes == 0) {
      return;
    }
    synchronized (this) {
      received += bytes;
    }
    byte[] connection = Frames.windowUpdate(0, bytes);
    write(stream == 0 ? connection : Frames.concat(connection, Frames.windowUpdate(stream, bytes)));
  }

  void forget(int stream) {
    tunnels.remove(stream);
    credit.forget(stream);
  }

  void write(byte[] frames) throws IOException {
    synchronized (out) {
      out.write(frames);
      out.flush();
    }
  }
}
