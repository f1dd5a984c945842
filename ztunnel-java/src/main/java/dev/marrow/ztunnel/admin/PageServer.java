package dev.marrow.ztunnel.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Serves a few pages over HTTP/1: one request per connection, its body ignored. It accepts on the
 * event loops of the data path, so that a probe fails when they are stuck.
 */
public final class PageServer implements AutoCloseable {
  private static final int MAX_HEAD = 16 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_CALLERS = 256;
  private static final int SMALLEST_GZIP = 1024;

  private final Channel listener;

  private PageServer(Channel listener) {
    this.listener = listener;
  }

  /** Answers requests; may wait if it is run by an executor that may. */
  interface Pages {
    Page answer(Query query);
  }

  /**
   * Opens a port.
   *
   * @param runs what answers; {@code Runnable::run} answers on the event loop
   */
  static PageServer open(EventLoopGroup group, InetSocketAddress at, Executor runs, Pages pages)
      throws IOException {
    return open(group, at, runs, pages, PATIENCE);
  }

  /**
   * As above.
   *
   * @param patience how long a client may take for its request, or take nothing of the answer
   */
  static PageServer open(
      EventLoopGroup group, InetSocketAddress at, Executor runs, Pages pages, Duration patience)
      throws IOException {
    var callers = new Callers(MOST_CALLERS);
    var bound =
        new ServerBootstrap()
            .group(group)
            .channelFactory(() -> new EpollServerSocketChannel(family(at)))
            // Our successor starts beside us, perhaps in the same network namespace.
            .option(UnixChannelOption.SO_REUSEPORT, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    callers.enter(channel);
                    channel.pipeline().addLast(new Session(callers, runs, pages, patience));
                  }
                })
            .bind(at)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("listen at %s: %s".formatted(at, bound.cause().getMessage()));
    }
    return new PageServer(bound.channel());
  }

  /**
   * That of the address. Netty's own choice is IPv4 where IPv6 is switched off for interfaces, as
   * engines do in containers, and such a socket cannot listen at [::].
   */
  private static SocketProtocolFamily family(InetSocketAddress at) {
    return at.getAddress() instanceof Inet6Address
        ? SocketProtocolFamily.INET6
        : SocketProtocolFamily.INET;
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  @Override
  public void close() {
    listener.close();
  }

  private static final class Session extends SimpleChannelInboundHandler<ByteBuf> {
    private final StringBuilder head = new StringBuilder();
    private final Callers callers;
    private final Executor runs;
    private final Pages pages;
    private final Duration patience;
    private @Nullable Future<?> late;
    private boolean answered;

    Session(Callers callers, Executor runs, Pages pages, Duration patience) {
      this.callers = callers;
      this.runs = runs;
      this.pages = pages;
      this.patience = patience;
    }

    /** One limit for the whole head: a client may not stay for a byte now and then. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
      late =
          context
              .executor()
              .schedule(() -> context.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      inTime();
    }

    private void inTime() {
      if (late != null) {
        late.cancel(false);
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      if (answered) {
        return;
      }
      head.append(bytes.toString(StandardCharsets.ISO_8859_1));
      boolean whole = head.indexOf("\r\n\r\n") >= 0 || head.indexOf("\n\n") >= 0;
      if (whole) {
        asked(context);
        String request = head.toString();
        runs.execute(() -> answer(context, request));
      } else if (head.length() > MAX_HEAD) {
        asked(context);
        write(context, Page.text(400, "request too long\n"), false);
      }
    }

    private void asked(ChannelHandlerContext context) {
      answered = true;
      inTime();
      callers.asked(context.channel());
    }

    private void answer(ChannelHandlerContext context, String request) {
      Query.parse(request)
          .ifPresentOrElse(
              query -> write(context, page(query), query.gzip()),
              () -> write(context, Page.text(400, "bad request\n"), false));
    }

    private Page page(Query query) {
      try {
        return pages.answer(query);
      } catch (RuntimeException | LinkageError e) {
        // A runtime image may lack a module that only one page needs.
        return Page.text(500, "internal error: " + e.getMessage() + "\n");
      }
    }

    private void write(ChannelHandlerContext context, Page page, boolean gzip) {
      boolean zipped = gzip && page.body().length >= SMALLEST_GZIP;
      byte[] body = zipped ? zip(page.body()) : page.body();
      String head =
          "HTTP/1.1 %d %s\r\ncontent-type: %s\r\ncontent-length: %d\r\n%sconnection: close\r\n\r\n"
              .formatted(
                  page.status(),
                  page.reason(),
                  page.type(),
                  body.length,
                  zipped ? "content-encoding: gzip\r\n" : "");
      byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
      // A page may be large, and stays in memory until its client has taken it.
      context
          .pipeline()
          .addFirst(new IdleStateHandler(true, 0, patience.toMillis(), 0, TimeUnit.MILLISECONDS));
      context
          .writeAndFlush(Unpooled.wrappedBuffer(start, body))
          .addListener(ChannelFutureListener.CLOSE);
    }

    private static byte[] zip(byte[] bytes) {
      var out = new ByteArrayOutputStream(bytes.length / 4);
      try (var gzip = new GZIPOutputStream(out)) {
        gzip.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return out.toByteArray();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof IdleStateEvent) {
        context.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
