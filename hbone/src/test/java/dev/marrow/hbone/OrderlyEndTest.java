package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.ChannelStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A socket's two directions end one after the other. */
class OrderlyEndTest {
  private final Loops loops = new Loops();
  private ServerSocket listener;
  private ChannelStream stream;
  private Socket peer;

  @BeforeEach
  void connect() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    var opened = new CompletableFuture<ChannelStream>();
    loops.connect((InetSocketAddress) listener.getLocalSocketAddress(), opened::complete);
    peer = listener.accept();
    peer.setSoTimeout(10_000);
    stream = Await.of(opened);
  }

  @AfterEach
  void close() throws IOException {
    peer.close();
    listener.close();
    loops.run(() -> stream.channel().close());
    loops.close();
  }

  @Test
  void whatThePeerSendsAfterOurEndArrivesAndThenItsOwnEnd() throws IOException {
    Recording recording = Recording.of(loops, stream);
    loops.run(() -> stream.resetIfKilled().finish());
    assertThat(peer.getInputStream().read()).isEqualTo(-1);

    peer.getOutputStream().write("late".getBytes(StandardCharsets.US_ASCII));
    peer.shutdownOutput();

    Await.of(recording.finished());
    assertThat(recording.text()).isEqualTo("late");
    assertThat(recording.reset()).isNotDone();
    Await.until(() -> !stream.channel().isOpen());
  }

  @Test
  void whoListensAfterBothEndsIsToldOfAnOrderlyOne() throws IOException {
    loops.run(() -> stream.finish());
    assertThat(peer.getInputStream().read()).isEqualTo(-1);
    peer.getOutputStream().write("early".getBytes(StandardCharsets.US_ASCII));
    peer.close();

    Recording recording = Recording.of(loops, stream);

    Await.of(recording.finished());
    assertThat(recording.text()).isEqualTo("early");
    assertThat(recording.reset()).isNotDone();
    Await.until(() -> !stream.channel().isOpen());
  }

  @Test
  void aResetAfterOurEndIsTold() throws IOException {
    Recording recording = Recording.of(loops, stream);
    loops.run(() -> stream.finish());
    assertThat(peer.getInputStream().read()).isEqualTo(-1);

    peer.setSoLinger(true, 0);
    peer.close();

    Await.of(recording.reset());
    assertThat(recording.finished()).isNotDone();
    Await.until(() -> !stream.channel().isOpen());
  }
}
