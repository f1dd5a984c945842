package dev.marrow.conformance.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.TlsLink;
import dev.marrow.conformance.wire.TlsOffer;
import dev.marrow.conformance.wire.Transcript;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostileServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final byte[] WORDS = "words".getBytes(StandardCharsets.US_ASCII);

  private final Mint authority = Mint.root("O=cluster.local,CN=test authority");
  private final Svid client = authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/a/sa/b"));

  private HostileServer server(Trait... traits) throws IOException {
    return HostileServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/a/sa/server")),
        traits);
  }

  /** What came back through a tunnel, and the meeting as the server saw it. */
  private record Seen(String back, Meeting meeting) {}

  private Seen dial(HostileServer server) throws IOException {
    Transcript transcript = new Transcript();
    String back = "";
    try (TcpLink tcp = TcpLink.connect(server.address(), PATIENCE, transcript)) {
      TlsLink tls = TlsLink.open(tcp, TlsOffer.standard(client), PATIENCE, transcript);
      H2Link h2 = new H2Link(tls, transcript).begin(PATIENCE);
      Tunnel tunnel = Tunnel.connect(h2, "198.51.100.1:80");
      if (tunnel.status(PATIENCE).filter(s -> s == 200).isPresent()) {
        tunnel.send(WORDS, true);
        back = new String(tunnel.receive(WORDS.length, PATIENCE), StandardCharsets.US_ASCII);
      }
    } catch (LinkClosed e) {
      back = "closed";
    }
    return new Seen(back, meeting(server));
  }

  private static Meeting meeting(HostileServer server) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (server.meetings().stream().noneMatch(Meeting::over) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    return server.meetings().getFirst();
  }

  @Test
  void aGoodClientIsEchoedAndNoted() throws Exception {
    try (HostileServer server = server()) {
      Seen seen = dial(server);

      assertThat(seen.back()).isEqualTo("words");
      assertThat(seen.meeting().clientChain().getFirst()).isEqualTo(client.chain().getFirst());
      assertThat(seen.meeting().alpn()).isEqualTo("h2");
      assertThat(seen.meeting().request()).isPresent();
      assertThat(seen.meeting().bytesBefore()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Trait.class,
      names = {"OLD_TLS", "HTTP_1", "RESETS_AT_ONCE", "ANSWERS_503", "ANSWERS_204"})
  void whatAClientMustNotAcceptIsPlayed(Trait trait) throws Exception {
    try (HostileServer server = server(trait)) {
      Seen seen = dial(server);

      assertThat(seen.back()).isNotEqualTo("words");
      assertThat(seen.meeting().bytes()).isZero();
    }
  }

  @Test
  void aClientThatIsAskedAgainEndsTheConnection() throws Exception {
    try (HostileServer server = server(Trait.ASKS_AGAIN)) {
      Seen seen = dial(server);

      assertThat(seen.meeting().handshake()).isTrue();
      assertThat(seen.meeting().clientChain().getFirst()).isEqualTo(client.chain().getFirst());
      assertThat(seen.back()).isNotEqualTo("words");
      assertThat(seen.meeting().over()).isTrue();
    }
  }

  @Test
  void aServerThatAsksForNothingGetsNothing() throws Exception {
    try (HostileServer server = server(Trait.ASKS_NO_CERTIFICATE)) {
      assertThat(dial(server).meeting().clientChain()).isEmpty();
    }
  }

  @Test
  void plaintextIsNoticed() throws Exception {
    try (HostileServer server = server();
        TcpLink tcp = TcpLink.connect(server.address(), PATIENCE, new Transcript())) {
      tcp.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(meeting(server).plaintext()).isTrue();
    }
  }
}
