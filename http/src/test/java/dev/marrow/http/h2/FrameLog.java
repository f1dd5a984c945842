package dev.marrow.http.h2;

import dev.marrow.http.Headers;
import dev.marrow.http.hpack.HpackDecoder;
import dev.marrow.http.hpack.HpackException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** What our reader saw, a line per frame. */
final class FrameLog implements FrameHandler {
  private final List<String> lines = new ArrayList<>();
  private final HpackDecoder decoder = new HpackDecoder(4096);
  private final ByteBuf body = Unpooled.buffer();
  private int dataStream;
  private int dataFlow;

  List<String> lines() {
    return lines;
  }

  @Override
  public void dataBegins(int stream, int flowBytes, int payloadBytes) {
    dataStream = stream;
    dataFlow = flowBytes;
    body.clear();
  }

  @Override
  public void data(ByteBuf part) {
    body.writeBytes(part);
    part.release();
  }

  @Override
  public void dataEnds(boolean endStream) {
    lines.add(data(dataStream, body, dataFlow, endStream));
  }

  static String data(int stream, ByteBuf body, int flow, boolean end) {
    return "DATA %d %d of %d, hash %d, end %s"
        .formatted(stream, body.readableBytes(), flow, body.hashCode(), end);
  }

  @Override
  public void headers(int stream, byte[] block, int length, boolean endStream, int dependency) {
    var headers = new Headers();
    try {
      decoder.decode(block, 0, length, headers, 1 << 20, 1000);
    } catch (HpackException e) {
      throw new IllegalStateException(e);
    }
    lines.add("HEADERS %d end %s\n%s".formatted(stream, endStream, headers));
  }

  @Override
  public void streamError(int stream, ErrorCode code, String detail) {
    lines.add("error " + stream);
  }

  @Override
  public void priority(int stream, int dependency) {
    lines.add("PRIORITY " + stream + " " + dependency);
  }

  @Override
  public void resetStream(int stream, int code) {
    lines.add("RST_STREAM " + stream + " " + code);
  }

  @Override
  public void setting(int id, int value) {}

  @Override
  public void settingsEnd(boolean ack) {
    lines.add("SETTINGS " + ack);
  }

  @Override
  public void ping(boolean ack, long payload) {
    lines.add("PING " + ack + " " + payload);
  }

  @Override
  public void goAway(int lastStream, int code) {
    lines.add("GOAWAY " + lastStream + " " + code);
  }

  @Override
  public void windowUpdate(int stream, int increment) {
    lines.add("WINDOW_UPDATE " + stream + " " + increment);
  }

  @Override
  public void unknown() {
    lines.add("unknown");
  }
}
