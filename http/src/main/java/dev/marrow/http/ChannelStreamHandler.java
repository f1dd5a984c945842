package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/**
 * Turns a channel's events into calls on its {@link ChannelStream}; as a task, it flushes that.
 * Confined to the channel.
 */
final class ChannelStreamHandler extends ChannelInboundHandlerAdapter implements Runnable {
  private final ChannelStream stream;
  private final boolean tls;
  private boolean closeNotified;

  ChannelStreamHandler(ChannelStream stream, boolean tls) {
    this.stream = stream;
    this.tls = tls;
  }

  @Override
  public void run() {
    stream.flushNow();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes && bytes.isReadable()) {
      stream.received(bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    stream.reading.next();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      stream.becameWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == SslCloseCompletionEvent.SUCCESS) {
      closeNotified = true;
      stream.inputEnded();
    } else if (event == ChannelInputShutdownEvent.INSTANCE) {
      endOfInput();
    } else if (event instanceof ChannelOutputShutdownEvent) {
      stream.outputBroke();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    endOfInput();
    // An orderly end has been told by now; whatever else is left was cut off.
    stream.broken(Abort.of(Abort.Reason.CONNECTION_LOST, "connection closed"));
  }

  private void endOfInput() {
    if (tls && !closeNotified) {
      // Anybody on the path can forge a FIN; only close_notify proves that nothing was cut off.
      stream.broken(Abort.TRUNCATED);
    } else {
      stream.inputEnded();
    }
  }

  private static boolean writeFailed(Throwable reason, String text) {
    return reason instanceof ClosedChannelException
        || reason instanceof ChannelOutputShutdownException
        || text.contains("Broken pipe");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Throwable reason =
        cause instanceof DecoderException d && d.getCause() != null ? d.getCause() : cause;
    String text = String.valueOf(reason.getMessage());
    if (reason instanceof SSLException) {
      stream.broken(Abort.of(Abort.Reason.PROTOCOL, "TLS: " + text));
    } else if (writeFailed(reason, text)) {
      stream.outputBroke();
    } else if (text.contains("timed out")) {
      stream.broken(Abort.of(Abort.Reason.TIMEOUT, "connection timed out"));
    } else if (reason instanceof IOException) {
      stream.broken(Abort.RESET);
    } else {
      stream.broken(Abort.of(Abort.Reason.INTERNAL, reason.toString()));
    }
  }
}
