package dev.marrow.conformance.hostile;

import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.wire.AskingServer;
import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.HpackDecoder;
import dev.marrow.conformance.wire.HpackEncoder;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/** One client of a {@link HostileServer}. Confined to its thread. */
final class HostileConnection {
  private static final int IDLE_MILLIS = 30_000;
  private static final int HANDSHAKE = 22;
  private static final long LATE_NANOS = 3_000_000_000L;
  private static final int MOST_FRAME = 1 << 20;

  private final Socket socket;
  private final SSLContext tls;
  private final Svid shown;
  private final Set<Trait> traits;
  private final HpackDecoder hpack = new HpackDecoder();
  private volatile boolean handshake;
  private volatile List<byte[]> clientChain = List.of();
  private volatile String alpn = "";
  private volatile Optional<String> serverName = Optional.empty();
  private volatile Optional<List<Field>> request = Optional.empty();
  private volatile boolean answered;
  private volatile long bytesBefore;
  private volatile long bytes;
  private volatile boolean plaintext;
  private volatile boolean over;

  HostileConnection(Socket socket, SSLContext tls, Svid shown, Set<Trait> traits) {
    this.socket = socket;
    this.tls = tls;
    this.shown = shown;
    this.traits = traits;
  }

  Meeting meeting() {
    return new Meeting(
        handshake, clientChain, alpn, serverName, request, bytesBefore, bytes, plaintext, over);
  }

  void over() {
    over = true;
  }

  void play() throws IOException {
    socket.setSoTimeout(IDLE_MILLIS);
    int first = socket.getInputStream().read();
    plaintext = first >= 0 && first != HANDSHAKE;
    if (traits.contains(Trait.RESETS_AT_ONCE)) {
      socket.setSoLinger(true, 0);
      return;
    }
    if (plaintext || first < 0) {
      return;
    }
    // What was read to look at it goes to TLS first.
    ByteArrayInputStream seen = new ByteArrayInputStream(new byte[] {(byte) first});
    if (traits.contains(Trait.ASKS_AGAIN)) {
      askAgain(new SequenceInputStream(seen, socket.getInputStream()));
      return;
    }
    SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, seen, true);
    configure(secure);
    secure.startHandshake();
    handshake = true;
    note(secure);
    serve(new DataInputStream(secure.getInputStream()), secure.getOutputStream());
  }

  // The TLS of the JDK cannot.
  private void askAgain(InputStream in) throws IOException {
    AskingServer secure = AskingServer.accept(in, socket.getOutputStream(), shown);
    handshake = true;
    alpn = "h2";
    clientChain = secure.clientChain();
    secure.askAgain();
    serve(new DataInputStream(secure.in()), secure.out());
  }

  private void configure(SSLSocket secure) {
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setProtocols(new String[] {traits.contains(Trait.OLD_TLS) ? "TLSv1.2" : "TLSv1.3"});
    if (!traits.contains(Trait.NO_ALPN)) {
      parameters.setApplicationProtocols(
          new String[] {traits.contains(Trait.HTTP_1) ? "http/1.1" : "h2"});
    }
    if (!traits.contains(Trait.ASKS_NO_CERTIFICATE)) {
      parameters.setWantClientAuth(true);
    }
    secure.setSSLParameters(parameters);
  }

  private void note(SSLSocket secure) {
    alpn = Optional.ofNullable(secure.getApplicationProtocol()).orElse("");
    if (secure.getSession() instanceof ExtendedSSLSession session) {
      serverName =
          session.getRequestedServerNames().stream().findFirst().map(SNIServerName::toString);
    }
    try {
      List<byte[]> chain = new ArrayList<>();
      for (Certificate each : secure.getSession().getPeerCertificates()) {
        chain.add(each.getEncoded());
      }
      clientChain = chain;
    } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
      clientChain = List.of(); // the client showed nothing
    }
  }

  private void serve(DataInputStream in, OutputStream out) throws IOException {
    in.readFully(new byte[Frames.PREFACE.length]);
    write(out, Frames.settings(Frames.MAX_CONCURRENT_STREAMS, 100));
    if (traits.contains(Trait.GOES_AWAY)) {
      write(out, Frames.goAway(0, ErrorCode.NO_ERROR));
    }
    while (true) {
      Frame frame = read(in);
      switch (frame.type()) {
        case Frame.HEADERS -> answer(frame, in, out);
        case Frame.DATA -> echo(frame, out);
        case Frame.SETTINGS -> {
          if (!frame.has(Frame.ACK)) {
            write(out, Frames.settingsAck());
          }
        }
        case Frame.PING -> {
          if (!frame.has(Frame.ACK)) {
            write(out, Frames.frame(Frame.PING, Frame.ACK, 0, frame.payload()));
          }
        }
        default -> {}
      }
    }
  }

  private static Frame read(DataInputStream in) throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & 0x7fffffff;
    if (length > MOST_FRAME) {
      throw new IOException("a frame of " + length + " bytes");
    }
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(type, flags, stream, payload);
  }

  private void answer(Frame headers, DataInputStream in, OutputStream out) throws IOException {
    request = Optional.of(hpack.decode(headers.payload()));
    if (traits.contains(Trait.ANSWERS_LATE)) {
      readOn(in, System.nanoTime() + LATE_NANOS);
    }
    String status = "200";
    if (traits.contains(Trait.ANSWERS_503)) {
      status = "503";
    } else if (traits.contains(Trait.ANSWERS_204)) {
      status = "204";
    }
    boolean end = !status.equals("200");
    answered = !end;
    write(
        out,
        Frames.headers(headers.stream(), end, HpackEncoder.encode(Field.of(":status", status))));
  }

  // What comes while the answer is held back came before it.
  private void readOn(DataInputStream in, long until) throws IOException {
    try {
      for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
        socket.setSoTimeout((int) Math.max(1, left / 1_000_000));
        Frame frame = read(in);
        if (frame.is(Frame.DATA)) {
          bytes += frame.payload().length;
          bytesBefore += frame.payload().length;
        }
      }
    } catch (SocketTimeoutException e) {
      // Nothing came: as it should be.
    } finally {
      socket.setSoTimeout(IDLE_MILLIS);
    }
  }

  private void echo(Frame data, OutputStream out) throws IOException {
    bytes += data.payload().length;
    if (!answered) {
      bytesBefore += data.payload().length;
      return;
    }
    if (data.payload().length > 0) {
      write(
          out,
          Frames.concat(
              Frames.windowUpdate(0, data.payload().length),
              Frames.windowUpdate(data.stream(), data.payload().length)));
    }
    write(out, Frames.data(data.stream(), data.has(Frame.END_STREAM), data.payload()));
  }

  private static void write(OutputStream out, byte[] frames) throws IOException {
    out.write(frames);
    out.flush();
  }
}
