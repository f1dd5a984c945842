package dev.marrow.http.h1;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers what happened on one exchange and returns credit for every byte. */
final class RecordedExchange implements StreamListener, ByteStream.Listener {
  final List<Headers> heads = new ArrayList<>();
  final StringBuilder body = new StringBuilder();
  @Nullable MessageStream stream;
  @Nullable Headers trailers;
  @Nullable Abort reset;
  boolean endStream;
  boolean finished;
  int written;

  MessageStream stream() {
    MessageStream known = stream;
    if (known == null) {
      throw new IllegalStateException("stream: none (expected: one)");
    }
    return known;
  }

  void listen() {
    stream().listen(this);
  }

  @Override
  public void onHeaders(Headers headers, boolean endStream) {
    heads.add(headers.copy());
    this.endStream = endStream;
  }

  @Override
  public void onTrailers(Headers trailers) {
    this.trailers = trailers.copy();
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    body.append(bytes.toString(StandardCharsets.ISO_8859_1));
    stream().consumed(bytes.readableBytes());
    bytes.release();
  }

  @Override
  public void onFinish() {
    finished = true;
  }

  @Override
  public void onReset(Abort why) {
    reset = why;
  }

  @Override
  public void onWritten(int bytes) {
    written += bytes;
  }
}
