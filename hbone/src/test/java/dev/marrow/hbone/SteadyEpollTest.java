package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.ChannelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SteadyEpollTest {
  private static final int MUCH = 16 << 20;

  private final Loops loops = new Loops();
  private final CompletableFuture<ChannelStream> ended = new CompletableFuture<>();
  private final CompletableFuture<Abort> reset = new CompletableFuture<>();
  private final Channel server = loops.listen(this::accept);

  private void accept(Channel channel) {
    ChannelStream stream = ChannelStream.on(channel);
    stream.listen(
        new ByteStream.Listener() {
          @Override
          public void onBytes(ByteBuf bytes) {
            bytes.release();
          }

          @Override
          public void onFinish() {
            ended.complete(stream);
          }

          @Override
          public void onReset(Abort why) {
            reset.complete(why);
          }
        });
  }

  @AfterEach
  void close() {
    server.close().syncUninterruptibly();
    loops.close();
  }

  @Test
  void whoHasEndedItsDirectionGetsMoreThanASocketTakesAtOnce() throws Exception {
    try (Socket peer = dial()) {
      peer.shutdownOutput();
      ChannelStream stream = Await.of(ended);

      // In a turn of its own: by then nothing is awaited of the socket.
      loops
          .loop()
          .execute(() -> {
            stream.write(Unpooled.wrappedBuffer(new byte[MUCH]));
            stream.finish();
          });

      assertThat(peer.getInputStream().readAllBytes()).hasSize(MUCH);
    }
    assertThat(reset).isNotDone();
  }

  private Socket dial() throws Exception {
    var address = (InetSocketAddress) server.localAddress();
    var socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }
}
