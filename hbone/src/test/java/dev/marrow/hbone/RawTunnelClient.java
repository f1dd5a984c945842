package dev.marrow.hbone;

import dev.marrow.http.Abort;
import dev.marrow.http.ChannelStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.h2.ConnectionListener;
import dev.marrow.http.h2.H2Connection;
import dev.marrow.http.h2.H2Stream;
import dev.marrow.http.h2.Limits;
import dev.marrow.http.h2.Settings;
import dev.marrow.http.h2.StreamListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An HBONE client that sends whatever heads a test wants. */
final class RawTunnelClient implements AutoCloseable {
  private final Loops loops;
  private final CompletableFuture<H2Connection> up = new CompletableFuture<>();
  private final Channel channel;

  RawTunnelClient(Loops loops, TestTls tls, InetSocketAddress server) {
    this(loops, tls, server, true);
  }

  /** With {@code speaks} false it says nothing once TLS is up. */
  RawTunnelClient(Loops loops, TestTls tls, InetSocketAddress server, boolean speaks) {
    this.loops = loops;
    var bootstrap =
        new Bootstrap()
            .group(loops.loop())
            .channelFactory(Loops::socket)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel fresh) {
                    var own = tls.of(TestTls.CLIENT);
                    fresh
                        .pipeline()
                        .addLast(tls.client().client(fresh.alloc(), own, Set.of(TestTls.SERVER)))
                        .addLast(new Handshake(new Shaken(fresh, speaks)));
                  }
                });
    channel =
        TunnelSockets.configure(bootstrap, Duration.ofSeconds(5))
            .connect(server)
            .syncUninterruptibly()
            .channel();
    channel.read();
  }

  private final class Shaken implements Handshake.Outcome {
    private final Channel fresh;
    private final boolean speaks;

    Shaken(Channel fresh, boolean speaks) {
      this.fresh = fresh;
      this.speaks = speaks;
    }

    @Override
    public void succeeded() {
      if (speaks) {
        up.complete(
            H2Connection.client(
                ChannelStream.on(fresh),
                Settings.tunnelClient(),
                Limits.standard(),
                new ConnectionListener() {}));
      }
    }

    @Override
    public void failed(Throwable cause) {
      up.completeExceptionally(cause);
    }
  }

  Channel channel() {
    return channel;
  }

  Answer send(boolean endStream, String... fields) {
    H2Connection connection = Await.of(up);
    var headers = new Headers();
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return loops.call(() -> {
      var answer = new Answer();
      answer.stream = connection.open(headers, endStream, answer);
      return answer;
    });
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
  }

  /** What came back on one stream. */
  static final class Answer implements StreamListener {
    private final CompletableFuture<String> status = new CompletableFuture<>();
    private final CompletableFuture<Abort> reset = new CompletableFuture<>();
    private volatile @Nullable H2Stream stream;

    H2Stream stream() {
      return Objects.requireNonNull(stream);
    }

    String status() {
      return Await.of(status);
    }

    Abort reset() {
      return Await.of(reset);
    }

    @Override
    public void onHeaders(Headers headers, boolean endStream) {
      status.complete(headers.first(HeaderName.STATUS).orElseThrow());
    }

    @Override
    public void onReset(Abort why) {
      reset.complete(why);
    }
  }
}
