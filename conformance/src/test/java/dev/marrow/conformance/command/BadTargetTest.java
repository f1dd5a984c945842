package dev.marrow.conformance.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.conformance.command.Kit.Ended;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.peer.Defect;
import dev.marrow.conformance.peer.ReferencePeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
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
    assertThat(run.err()).contains("doctor");
    assertThat(doctor.exit()).isEqualTo(2);
    assertThat(doctor.out()).contains("no connection");
  }

  @Test
  void aTargetThatHangsDoesNotHangTheKit() throws Exception {
    try (ServerSocket hanging = listen(socket -> socket.getInputStream().read(new byte[9]))) {
      long start = System.nanoTime();

      Ended doctor = kit.with("doctor", hanging.getLocalPort());

      assertThat(doctor.out()).contains("does not speak TLS");
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
      assertThat(run.exit()).isNotZero();
    }
  }

  @Test
  void aTargetThatRefusesEverybodyFails() throws Exception {
    Mint stranger = Mint.root("O=elsewhere");
    try (ReferencePeer peer =
        ReferencePeer.start(
            stranger.issue(LeafSpec.svid("spiffe://cluster.local/ns/a/sa/b")), stranger)) {

      Ended run = kit.with("run", peer.address().getPort(), "--only", SOME, "--gate", "must");
      Ended doctor = kit.with("doctor", peer.address().getPort());

      assertThat(run.exit()).as(run.out()).isEqualTo(1);
      assertThat(doctor.out()).contains("no root of the bundle");
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

      assertThat(run.exit()).isEqualTo(2);
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
  void aWrongBundleIsNamedByTheDoctor() throws Exception {
    Mint stranger = Mint.root("O=elsewhere");
    java.nio.file.Files.writeString(
        folder.resolve("ca.pem"),
        dev.marrow.conformance.mint.PemFiles.pem("CERTIFICATE", stranger.certificate()));
    try (ReferencePeer peer = kit.peer()) {

      Ended doctor = kit.with("doctor", peer.address().getPort());

      assertThat(doctor.exit()).isEqualTo(2);
      assertThat(doctor.out()).contains("no root of the bundle");
    }
  }

  @Test
  void aWrongClockIsNamedByTheDoctor() throws Exception {
    Mint late = kit.authority;
    try (ReferencePeer peer =
        ReferencePeer.start(
            late.issue(
                LeafSpec.svid("spiffe://cluster.local/ns/a/sa/b")
                    .valid(Duration.ofHours(1), Duration.ofHours(2))),
            late)) {

      Ended doctor = kit.with("doctor", peer.address().getPort());

      assertThat(doctor.exit()).isEqualTo(2);
      assertThat(doctor.out()).contains("wrong clock");
    }
  }

  @Test
  void withoutAnyEndpointTheKitSaysWhatItWants() {
    Ended run = Kit.execute("run", "--quick");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("HOST:PORT").contains("--self").contains("marrow up");
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
