package dev.marrow.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the peer of a socket sees its end. */
class ChannelStreamTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private ServerSocket listener;
  private Channel channel;
  private ChannelStream stream;
  private Socket peer;
  private Runnable whenWritable = () -> {};

  @BeforeEach
  void connect() throws Exception {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    var opened = new CompletableFuture<ChannelStream>();
    channel =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    opened.complete(ChannelStream.on(made));
                  }
                })
            .connect(listener.getLocalSocketAddress())
            .sync()
            .channel();
    stream = opened.join();
    peer = listener.accept();
    peer.setSoTimeout(10_000);
    run(() -> stream.listen(new Deaf()));
  }

  @AfterEach
  void close() throws Exception {
    peer.close();
    listener.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  @Test
  void aSocketOfAKilledProcessIsReset() throws Exception {
    run(() -> stream.resetIfKilled().write(Unpooled.copiedBuffer(new byte[5])));
    run(stream::flush);
    assertThat(peer.getInputStream().readNBytes(5)).hasSize(5);

    // What the kernel does to it.
    run(() -> channel.unsafe().closeForcibly());

    assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  @Test
  void anOrderlyEndStaysOneAndLosesNothing() throws Exception {
    int size = 3 << 20;
    run(() -> stream.resetIfKilled().write(Unpooled.wrappedBuffer(new byte[size])));
    run(stream::finish);
    peer.shutdownOutput();

    assertThat(peer.getInputStream().readAllBytes()).hasSize(size);
  }

  @Test
  void aStreamThatHasEndedDoesNotWaitForItsBudget() throws Exception {
    var paused = new CompletableFuture<Void>();
    ByteBudget budget = ByteBudget.of(1, () -> paused.complete(null));
    run(() -> budget.charge(10));
    run(() -> stream.chargeTo(budget));
    peer.getOutputStream().write(1);
    paused.get(10, TimeUnit.SECONDS);

    run(() -> stream.reset(Abort.CANCELLED));

    run(() -> assertThat(budget.waiting()).isZero());
  }

  @Test
  void oneTurnWritesABoundedPartAndTheNextOneGoesOn() throws Exception {
    int size = 8 << 20;
    var parts = new ArrayList<Integer>();
    whenWritable = () -> parts.add(writeWhileWritable(size - sum(parts)));
    run(whenWritable);

    assertThat(peer.getInputStream().readNBytes(size)).hasSize(size);
    run(() -> assertThat(parts).allSatisfy(part -> assertThat(part).isBetween(0, 256 << 10)));
  }

  @Test
  void smallPartsThatWaitForAFullSocketDoNotKeepTheirBuffers() throws Exception {
    int size = 32 << 20;
    run(() -> stream.write(Unpooled.wrappedBuffer(new byte[size])));
    run(stream::flush);
    var received = new ArrayList<ByteBuf>();
    for (int i = 0; i < 1000; i++) {
      ByteBuf buffer = Unpooled.directBuffer(2048).writeZero(55);
      received.add(buffer);
      run(() -> stream.write(buffer));
      run(stream::flush);
    }

    assertThat(received).filteredOn(buffer -> buffer.refCnt() > 0).hasSizeLessThan(10);
    assertThat(peer.getInputStream().readNBytes(size + 55_000)).hasSize(size + 55_000);
  }

  private int writeWhileWritable(int most) {
    int written = 0;
    while (written < most && stream.writable()) {
      stream.write(Unpooled.wrappedBuffer(new byte[16 << 10]));
      written += 16 << 10;
    }
    stream.flush();
    return written;
  }

  private static int sum(List<Integer> parts) {
    return parts.stream().mapToInt(Integer::intValue).sum();
  }

  private void run(Runnable action) throws Exception {
    channel.eventLoop().submit(action).sync();
  }

  private final class Deaf implements ByteStream.Listener {
    @Override
    public void onBytes(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void onFinish() {}

    @Override
    public void onReset(Abort why) {}

    @Override
    public void onWritable() {
      whenWritable.run();
    }
  }
}
