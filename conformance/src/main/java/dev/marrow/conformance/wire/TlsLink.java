package dev.marrow.conformance.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsNoCloseNotifyException;

/**
 * TLS as the kit wants it: every byte goes through our hands, so that records can be cut, held back
 * or damaged. Confined to one thread.
 */
public final class TlsLink implements Link {
  private static final int CHANGE_CIPHER_SPEC_BYTES = 6;
  private static final Duration LAST_WORDS = Duration.ofMillis(200);

  private final TcpLink tcp;
  private final Transcript transcript;
  private final TlsOffer offer;
  private final OfferedClient client;
  private final Protocol protocol = new Protocol();
  private boolean helloSent;

  private static final class Protocol extends TlsClientProtocol {
    void updateKeys() throws IOException {
      send13KeyUpdate(true);
    }
  }

  private TlsLink(TcpLink tcp, TlsOffer offer, Transcript transcript) {
    this.tcp = tcp;
    this.offer = offer;
    this.transcript = transcript;
    this.client = new OfferedClient(offer);
  }

  /**
   * Runs the handshake to the client's end of it. Under TLS 1.3 that says nothing yet about our
   * certificate: the server judges it afterwards.
   */
  public static TlsLink open(TcpLink tcp, TlsOffer offer, Duration patience, Transcript transcript)
      throws IOException {
    TlsLink link = new TlsLink(tcp, offer, transcript);
    link.handshake(patience);
    return link;
  }

  private void handshake(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    protocol.connect(client);
    push();
    while (protocol.isHandshaking()) {
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (left.isNegative()) {
        throw new IOException("no TLS answer within " + patience.toMillis() + " ms");
      }
      take(tcp.read(left));
      push();
    }
    transcript.add(
        "tls: client side complete, %s, alpn %s",
        client.negotiated(), client.applicationProtocol().orElse("none"));
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    if (protocol.isClosed()) {
      throw new LinkClosed("already closed by the target", client.received());
    }
    protocol.writeApplicationData(bytes, 0, bytes.length);
    try {
      push();
    } catch (LinkClosed lost) {
      throw said(lost);
    }
  }

  /** The alert that came before the connection was lost, if one did: it says why. */
  private LinkClosed said(LinkClosed lost) {
    try {
      while (true) {
        byte[] raw = tcp.read(LAST_WORDS);
        if (raw.length == 0) {
          return lost;
        }
        take(raw);
      }
    } catch (LinkClosed e) {
      return e.alert().isPresent() ? e : lost;
    } catch (IOException e) {
      return lost;
    }
  }

  @Override
  public byte[] read(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (protocol.getAvailableInputBytes() == 0) {
      if (protocol.isClosed()) {
        throw new LinkClosed("closed by the target with close_notify", client.received());
      }
      byte[] raw = tcpRead(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      if (raw.length == 0) {
        return raw;
      }
      take(raw);
      push();
    }
    byte[] plain = new byte[protocol.getAvailableInputBytes()];
    int count = protocol.readInput(plain, 0, plain.length);
    return Arrays.copyOf(plain, count);
  }

  private byte[] tcpRead(Duration patience) throws IOException {
    try {
      return tcp.read(patience);
    } catch (LinkClosed e) {
      throw new LinkClosed(
          String.valueOf(e.getMessage()) + " without close_notify", client.received());
    }
  }

  private void take(byte[] raw) throws IOException {
    if (raw.length == 0) {
      return;
    }
    try {
      protocol.offerInput(raw);
    } catch (TlsFatalAlertReceived e) {
      Alert alert = new Alert(e.getAlertDescription());
      transcript.add("tls: target sent alert %s", alert);
      throw new LinkClosed("alert " + alert, Optional.of(alert));
    } catch (TlsNoCloseNotifyException e) {
      throw new LinkClosed("closed without close_notify", Optional.empty());
    } catch (TlsFatalAlert e) {
      transcript.add("tls: kit cannot go on: %s", String.valueOf(e.getMessage()));
      pushQuietly();
      throw new LinkClosed(
          "the target's handshake is not acceptable: " + String.valueOf(e.getMessage()),
          client.received());
    }
  }

  private void push() throws IOException {
    int waiting = protocol.getAvailableOutputBytes();
    if (waiting == 0) {
      return;
    }
    byte[] out = new byte[waiting];
    protocol.readOutput(out, 0, waiting);
    // Not what goes out before: a lone ChangeCipherSpec means nothing, and is refused as such.
    boolean finished = helloSent && out.length > CHANGE_CIPHER_SPEC_BYTES;
    if (finished && offer.shape().hello() == TlsOffer.HelloShape.DAMAGED_FINISHED) {
      out[out.length - 1] ^= 1;
    }
    if (helloSent || offer.shape().hello() == TlsOffer.HelloShape.WHOLE) {
      tcp.write(out);
    } else {
      HelloCutter.send(out, offer.shape().hello(), tcp);
    }
    helloSent = true;
  }

  private void pushQuietly() {
    try {
      push();
    } catch (IOException e) {
      transcript.add("tls: alert not delivered: %s", String.valueOf(e.getMessage()));
    }
  }

  /** The server's chain as it came, DER, leaf first. */
  public List<byte[]> serverChain() {
    return client.serverChain();
  }

  /**
   * Whether the server asked for a certificate, and with which signature algorithms (IANA code
   * points).
   */
  public Optional<List<Integer>> requestedSchemes() {
    return client.requestedSchemes();
  }

  public Optional<String> applicationProtocol() {
    return client.applicationProtocol();
  }

  /** Version, suite and group in words. */
  public String negotiated() {
    return client.negotiated();
  }

  /** The last alert that came from the target. */
  public Optional<Alert> alert() {
    return client.received();
  }

  /** Sends KeyUpdate and asks for one in return (RFC 8446 §4.6.3). */
  public void updateKeys() throws IOException {
    protocol.updateKeys();
    push();
  }

  /** Sends close_notify, but no FIN. */
  public void closeNotify() throws IOException {
    protocol.close();
    push();
  }

  @Override
  public TcpLink tcp() {
    return tcp;
  }

  @Override
  public void close() {
    tcp.close();
  }
}
