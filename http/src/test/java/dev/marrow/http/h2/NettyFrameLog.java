package dev.marrow.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayList;
import java.util.List;

/** What Netty's reader saw, in the words of {@link FrameLog}. */
final class NettyFrameLog extends Http2FrameAdapter {
  private final List<String> lines = new ArrayList<>();

  List<String> lines() {
    return lines;
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean end) {
    lines.add(FrameLog.data(stream, data, data.readableBytes() + padding, end));
    return data.readableBytes() + padding;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean end) {
    add(stream, headers, end);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int stream,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end) {
    add(stream, headers, end);
  }

  private void add(int stream, Http2Headers headers, boolean end) {
    var text = new StringBuilder();
    headers.forEach(
        field -> text.append(field.getKey()).append(": ").append(field.getValue()).append('\n'));
    lines.add("HEADERS %d end %s\n%s".formatted(stream, end, text));
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext context, int stream, int dependency, short weight, boolean exclusive) {
    lines.add("PRIORITY " + stream + " " + dependency);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext context, int stream, long code) {
    lines.add("RST_STREAM " + stream + " " + code);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
    lines.add("SETTINGS false");
  }

  @Override
  public void onPingRead(ChannelHandlerContext context, long data) {
    lines.add("PING false " + data);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext context, int stream, int increment) {
    lines.add("WINDOW_UPDATE " + stream + " " + increment);
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext context, byte type, int stream, Http2Flags flags, ByteBuf payload) {
    lines.add("unknown");
  }
}
