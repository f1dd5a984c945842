package dev.marrow.conformance.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.conformance.command.Kit.Ended;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.peer.Defect;
import dev.marrow.conformance.peer.ReferencePeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Targets that no case can be run against: the kit ends in time and says why. */
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class BadTargetTest {
  private static final String SOME = "TLS-01,CRT-05,H2-01,CON-01";

  @TempDir Path folder;
  private Kit kit;

  @BeforeEach
  void files() throws Exception {
    kit = new Kit(folder);
  }

  /** Answers every connection in one way. */
  @FunctionalInterface
  private interface Answer {
    void play(Socket socket) throws IOException;
  }

  private static ServerSocket listen(Answer answer) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> serve(listener, answer));
    return listener;
  }

  private static void serve(ServerSocket listener, Answer answer) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> playOnce(socket, answer));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static void playOnce(Socket socket, Answer answer) {
    try {
      answer.play(socket);
    } catch (IOException e) {
      // The kit went away.
    }
  }

  @Test
  void aClosedPortIsNotJudged() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }

    Ended run = kit.with("run", port, "--only", "H2-01,CON-13");
    Ended doctor = kit.with("doctor", port);

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("could not run", "no connection", "wrong address or port");
    assertThat(doctor.exit()).isEqualTo(2);
    assertThat(doctor.out()).contains("no connection");
  }

  @Test
  void aTargetThatHangsDoesNotHangTheKit() throws Exception {
    try (ServerSocket hanging = listen(socket -> socket.getInputStream().read(new byte[9]))) {
      long start = System.nanoTime();

      Ended doctor = kit.with("doctor", hanging.getLocalPort());
      Ended run = kit.with("run", hanging.getLocalPort());

      assertThat(doctor.out()).contains("does not speak TLS");
      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err()).contains("could not run", "hangs");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }
  }

  @Test
  void garbageIsNamedAsAnotherProtocol() throws Exception {
    try (ServerSocket garbage =
        listen(socket ->
            socket
                .getOutputStream()
                .write(
                    "SSH-2.0-nothing\r\n"
                        .repeat(9)
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII)))) {

      Ended doctor = kit.with("doctor", garbage.getLocalPort());
      Ended run = kit.with("run", garbage.getLocalPort(), "--only", SOME, "--gate", "must");

      assertThat(doctor.out()).contains("another protocol");
      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err()).contains("another protocol");
    }
  }

  @Test
  void aTargetThatRefusesEverybodyFails() throws Exception {
    Mint stranger = Mint.root("O=elsewhere");
    try (ReferencePeer peer =
        ReferencePeer.start(
            kit.authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/a/sa/b")), stranger)) {

      Ended run = kit.with("run", peer.address().getPort(), "--only", SOME, "--gate", "must");
      Ended doctor = kit.with("doctor", peer.address().getPort());

      assertThat(run.exit()).as(run.out()).isEqualTo(1);
      assertThat(run.out()).containsPattern("FAIL +C TLS-01");
      assertThat(doctor.out()).contains("refused after our certificate was shown");
    }
  }

  @Test
  void aCertificateMessageOfAGigabyteIsNotWaitedFor() throws Exception {
    byte[] announced = {22, 3, 3, 0, 4, 11, (byte) 0xff, (byte) 0xff, (byte) 0xff};
    try (ServerSocket huge =
        listen(socket -> {
          byte[] filler = new byte[64 * 1024];
          socket.getOutputStream().write(announced);
          for (int i = 0; i < 16_384; i++) {
            socket.getOutputStream().write(filler);
          }
        })) {

      Ended run = kit.with("run", huge.getLocalPort(), "--only", "H2-01");

      assertThat(run.exit()).isNotZero();
    }
  }

  @Test
  void anEncryptedCertificateOfFifteenMegabytesIsNotSwallowed() throws Exception {
    byte[] filler = new byte[15 << 20];
    LeafSpec leaf =
        LeafSpec.svid("spiffe://cluster.local/ns/a/sa/b")
            .extension(new ASN1ObjectIdentifier("1.3.6.1.4.1.55555.1"), false, filler);
    try (ReferencePeer peer = ReferencePeer.start(kit.authority.issue(leaf), kit.authority)) {

      Ended run = kit.with("run", peer.address().getPort(), "--only", "TLS-01", "--gate", "must");

      assertThat(run.exit()).as(run.out()).isEqualTo(1);
      assertThat(run.out()).containsPattern("FAIL +C TLS-01");
    }
  }

  @Test
  void aTargetThatHangsAfterTheHandshakeCostsAFewTriesOnly() throws Exception {
    try (ReferencePeer peer = kit.peer(Defect.HANGS_AFTER_THE_HANDSHAKE)) {
      long start = System.nanoTime();

      Ended run =
          kit.with(
              "run",
              peer.address().getPort(),
              "--gate",
              "must",
              "--ca-key",
              folder.resolve("ca.key").toString());

      assertThat(run.exit()).as(run.out()).isEqualTo(1);
      assertThat(run.out()).contains("answers no good client in time");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(40));
    }
  }

  @Test
  void aTargetThatAcceptsEverybodyFails() throws Exception {
    try (ReferencePeer peer =
        kit.peer(Defect.NEEDS_NO_CERTIFICATE, Defect.TRUSTS_ANY_AUTHORITY, Defect.NEEDS_NO_URI)) {

      Ended run =
          kit.with(
              "run",
              peer.address().getPort(),
              "--only",
              "TLS-01,CRT-05",
              "--gate",
              "must",
              "--ca-key",
              folder.resolve("ca.key").toString());

      assertThat(run.exit()).as(run.out()).isEqualTo(1);
      assertThat(run.out()).containsPattern("FAIL +C CRT-05");
    }
  }

  @Test
  void aWrongBundleIsNamed() throws Exception {
    Mint stranger = Mint.root("O=elsewhere");
    java.nio.file.Files.writeString(
        folder.resolve("ca.pem"),
        dev.marrow.conformance.mint.PemFiles.pem("CERTIFICATE", stranger.certificate()));
    try (ReferencePeer peer = kit.peer()) {

      Ended doctor = kit.with("doctor", peer.address().getPort());
      Ended run = kit.with("run", peer.address().getPort());

      assertThat(doctor.exit()).isEqualTo(2);
      assertThat(doctor.out()).contains("no root of the bundle");
      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err()).contains("could not run", "wrong --bundle", "test authority");
    }
  }

  @Test
  void aWrongClockIsNamed() throws Exception {
    Mint late = kit.authority;
    try (ReferencePeer peer =
        ReferencePeer.start(
            late.issue(
                LeafSpec.svid("spiffe://cluster.local/ns/a/sa/b")
                    .valid(Duration.ofHours(1), Duration.ofHours(2))),
            late)) {

      Ended doctor = kit.with("doctor", peer.address().getPort());
      Ended run = kit.with("run", peer.address().getPort());

      assertThat(doctor.exit()).isEqualTo(2);
      assertThat(doctor.out()).contains("wrong clock");
      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err()).contains("could not run", "wrong clock");
    }
  }

  @Test
  void aCertificateThatEndedIsNamed() throws Exception {
    Svid ended =
        kit.authority.issue(
            LeafSpec.svid("spiffe://cluster.local/ns/default/sa/conformance")
                .valid(Duration.ofHours(-2), Duration.ofHours(-1)));
    Files.writeString(folder.resolve("svid.pem"), PemFiles.chain(ended.chain()));
    Files.writeString(
        folder.resolve("svid.key"), PemFiles.pem("PRIVATE KEY", ended.key().getEncoded()));
    try (ReferencePeer peer = kit.peer()) {

      Ended run = kit.with("run", peer.address().getPort());

      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err()).contains("could not run", "ours ended", "--svid");
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsNamed() throws Exception {
    Svid other = kit.authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/a/sa/b"));
    Files.writeString(
        folder.resolve("svid.key"), PemFiles.pem("PRIVATE KEY", other.key().getEncoded()));
    Files.writeString(folder.resolve("other.key"), Mint.root("O=elsewhere").keyPem());
    try (ReferencePeer peer = kit.peer()) {

      Ended own = kit.with("run", peer.address().getPort());
      Ended authority =
          kit.with(
              "run", peer.address().getPort(), "--ca-key", folder.resolve("other.key").toString());

      assertThat(own.exit()).isEqualTo(2);
      assertThat(own.err()).contains("--key is not the key of --svid");
      assertThat(authority.exit()).isEqualTo(2);
      assertThat(authority.err()).contains("the key is not that of the authority");
    }
  }

  @Test
  void withoutAnyEndpointTheKitSaysWhatItWants() {
    Ended run = Kit.execute("run", "--quick");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("HOST:PORT").contains("--self").contains("marrow up");
  }

  @Test
  void aPeerOnIPv6IsJudgedLikeAnyOther() throws Exception {
    try (ReferencePeer peer =
        ReferencePeer.start(
            InetAddress.getByName("::1"),
            kit.authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/a/sa/b")),
            kit.authority)) {

      Ended run = kit.at("run", "[::1]:" + peer.address().getPort(), "--only", SOME);

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).contains("[::1]").containsPattern("PASS +C CON-01");
    }
  }

  @Test
  void addressesOfSixColonsAreUnderstood() {
    Ended closed = Kit.execute("doctor", "[::1]:9");
    Ended bare = Kit.execute("doctor", "::1:9");

    assertThat(closed.out()).contains("tcp");
    assertThat(bare.exit()).isEqualTo(2);
    assertThat(bare.err()).contains("[v6]:port");
  }

  @Test
  void aGoodPeerIsHealthyToTheDoctor() throws Exception {
    try (ReferencePeer peer = kit.peer()) {
      Ended doctor = kit.with("doctor", peer.address().getPort());

      assertThat(doctor.exit()).as(doctor.out()).isZero();
    }
  }
}
