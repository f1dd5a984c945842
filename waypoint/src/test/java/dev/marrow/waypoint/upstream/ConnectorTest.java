package dev.marrow.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteBudget;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectorTest {
  private static final int BYTES = 64 * 1024;
  private static final int ROUNDS = 200;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final EventLoop loop = group.next();

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void whatABackendSendsBeforeItClosesAtOnceArrives() throws Exception {
    try (ServerSocket backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> sendAndClose(backend));
      Connector connector =
          new Connector(
              new Home(loop, ByteBudget.NONE),
              Optional.empty(),
              EpollSocketChannel::new,
              new BackendTlsContexts(),
              new Names(InetAddress::getAllByName, System::nanoTime));
      Upstream upstream =
          new Upstream(
              new Upstream.Path.Direct((InetSocketAddress) backend.getLocalSocketAddress()),
              false,
              null);

      for (int i = 0; i < ROUNDS; i++) {
        Count count = new Count();
        loop.execute(() -> connector.connect(upstream, Duration.ofSeconds(5), count::opened));
        assertThat(count.all.get(5, TimeUnit.SECONDS)).as("round %d", i).isEqualTo(BYTES);
      }
    }
  }

  private static void sendAndClose(ServerSocket backend) {
    while (!backend.isClosed()) {
      try (Socket socket = backend.accept()) {
        socket.getOutputStream().write(new byte[BYTES]);
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  /** Counts what comes, until the end. Confined to the event loop. */
  @SuppressWarnings("NullAway.Init")
  private static final class Count implements ByteStream.Listener {
    private final CompletableFuture<Integer> all = new CompletableFuture<>();
    private ByteStream stream;
    private int bytes;

    private void opened(Connector.Result result) {
      stream = ((Connector.Result.Opened) result).stream();
      stream.listen(this);
    }

    @Override
    public void onBytes(ByteBuf buffer) {
      int count = buffer.readableBytes();
      bytes += count;
      buffer.release();
      stream.consumed(count);
    }

    @Override
    public void onFinish() {
      all.complete(bytes);
      stream.finish();
    }

    @Override
    public void onReset(Abort why) {
      all.complete(bytes);
    }
  }
}
