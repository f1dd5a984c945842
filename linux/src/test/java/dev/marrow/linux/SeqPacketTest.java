package dev.marrow.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeqPacketTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir Path dir;

  @Test
  void packetsKeepTheirBoundaries() throws Exception {
    try (var server = SeqPacketServer.bind(dir.resolve("s"));
        var client = SeqPacketSocket.connect(dir.resolve("s"));
        var accepted = server.accept(SOON)) {
      client.send("one".getBytes(UTF_8), SOON);
      client.send("two".getBytes(UTF_8), SOON);

      assertThat(text(accepted)).isEqualTo("one");
      assertThat(text(accepted)).isEqualTo("two");
    }
  }

  @Test
  void aPassedDescriptorIsTheSameFileAndCloseOnExec() throws Exception {
    var ends = SeqPacketSocket.pair();
    try (var file = FileDescriptor.open(dir)) {
      ends.get(0).send(new byte[] {1}, SOON, file);

      try (var packet = ends.get(1).receive(16, SOON).orElseThrow();
          var received = packet.takeOnlyDescriptor()) {
        assertThat(received.identity()).isEqualTo(file.identity());
        String flags = received.use(fd -> Files.readString(Path.of("/proc/self/fdinfo/" + fd)));
        assertThat(flags).containsPattern("flags:\\s+0?2[0-7]{6}\n");
      }
    }
    ends.forEach(SeqPacketSocket::close);
  }

  @Test
  void aPacketThatIsTooLongIsAnErrorAndItsDescriptorsAreClosed() throws Exception {
    var ends = SeqPacketSocket.pair();
    try (var file = FileDescriptor.open(dir)) {
      long before = openDescriptors();
      ends.get(0).send(new byte[17], SOON, file, file);

      assertThatThrownBy(() -> ends.get(1).receive(16, SOON))
          .isInstanceOf(TruncatedPacketException.class);
      assertThat(openDescriptors()).isEqualTo(before);
    }
    ends.forEach(SeqPacketSocket::close);
  }

  @Test
  void moreDescriptorsThanFitAreAnErrorAndAllAreClosed() throws Exception {
    var ends = SeqPacketSocket.pair();
    try (var file = FileDescriptor.open(dir)) {
      long before = openDescriptors();
      var many = Stream.generate(() -> file).limit(9).toArray(FileDescriptor[]::new);
      ends.get(0).send(new byte[1], SOON, many);

      assertThatThrownBy(() -> ends.get(1).receive(16, SOON))
          .isInstanceOf(TruncatedPacketException.class);
      assertThat(openDescriptors()).isEqualTo(before);
    }
    ends.forEach(SeqPacketSocket::close);
  }

  @Test
  void descriptorsNobodyTakesAreClosedWithThePacket() throws Exception {
    var ends = SeqPacketSocket.pair();
    try (var file = FileDescriptor.open(dir)) {
      long before = openDescriptors();
      ends.get(0).send(new byte[1], SOON, file, file, file);

      var packet = ends.get(1).receive(16, SOON).orElseThrow();
      assertThat(packet.descriptorCount()).isEqualTo(3);
      assertThatThrownBy(packet::takeOnlyDescriptor).hasMessageContaining("exactly 1");
      packet.close();

      assertThat(openDescriptors()).isEqualTo(before);
    }
    ends.forEach(SeqPacketSocket::close);
  }

  @Test
  void theEndOfThePeerIsAnEmptyResult() throws Exception {
    var ends = SeqPacketSocket.pair();
    ends.get(0).close();

    assertThat(ends.get(1).receive(16, SOON)).isEmpty();
    assertThatThrownBy(() -> ends.get(1).send(new byte[1], SOON)).isInstanceOf(Errno.class);
    ends.get(1).close();
  }

  @Test
  void waitingEndsWithTheDeadline() throws Exception {
    var ends = SeqPacketSocket.pair();

    assertThatThrownBy(() -> ends.get(0).receive(16, Duration.ofMillis(20)))
        .isInstanceOf(SocketTimeoutException.class);
    ends.forEach(SeqPacketSocket::close);
  }

  @Test
  void sendingToAReaderThatDoesNotReadEndsWithTheDeadline() throws Exception {
    var ends = SeqPacketSocket.pair();

    assertThatThrownBy(
            () -> {
              while (true) {
                ends.get(0).send(new byte[4096], Duration.ofMillis(20));
              }
            })
        .isInstanceOf(SocketTimeoutException.class);
    ends.forEach(SeqPacketSocket::close);
  }

  @Test
  void closingEndsWaitsInOtherThreads() throws Exception {
    var ends = SeqPacketSocket.pair();
    var server = SeqPacketServer.bind(dir.resolve("s"));
    try (var threads = Executors.newCachedThreadPool()) {
      var receiving = threads.submit(() -> ends.get(0).receive(16, Duration.ofMinutes(1)));
      var accepting = threads.submit(() -> server.accept(Duration.ofMinutes(1)));

      ends.get(0).close();
      server.close();

      // Depending on who was first, the reader sees the end or a closed descriptor.
      assertThat(endOf(receiving)).isTrue();
      assertThat(accepting).failsWithin(SOON);
    }
    ends.get(1).close();
  }

  @Test
  void aServerTakesOverTheNameAndTheOldOneLeavesItAlone() throws Exception {
    Path path = dir.resolve("s");
    var old = SeqPacketServer.bind(path);
    try (var next = SeqPacketServer.bind(path)) {
      old.close();

      try (var client = SeqPacketSocket.connect(path);
          var accepted = next.accept(SOON)) {
        client.send("hello".getBytes(UTF_8), SOON);
        assertThat(text(accepted)).isEqualTo("hello");
      }
      assertThat(Files.getPosixFilePermissions(path)).hasSize(2);
    }
    assertThat(path).doesNotExist();
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void aSocketNobodyListensOnRefuses() throws Exception {
    assertThatThrownBy(() -> SeqPacketSocket.connect(dir.resolve("nobody")))
        .isInstanceOfSatisfying(Errno.class, e -> assertThat(e.name()).isEqualTo("ENOENT"));
    assertThatThrownBy(() -> SeqPacketSocket.connect(Path.of("/" + "x".repeat(120))))
        .hasMessageContaining("expected: < 108");
  }

  private static boolean endOf(Future<Optional<Packet>> receiving) throws Exception {
    try {
      return receiving.get(SOON.toMillis(), TimeUnit.MILLISECONDS).isEmpty();
    } catch (ExecutionException closed) {
      return closed.getCause() instanceof IOException;
    }
  }

  private static String text(SeqPacketSocket socket) throws IOException {
    try (var packet = socket.receive(64, SOON).orElseThrow()) {
      return new String(packet.bytes(), UTF_8);
    }
  }

  private static long openDescriptors() throws IOException {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }
}
