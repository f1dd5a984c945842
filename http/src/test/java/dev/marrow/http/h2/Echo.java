package dev.marrow.http.h2;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Sends every body back, and notes how the connection ended. */
final class Echo implements ConnectionListener {
  private final List<ErrorCode> closed = new ArrayList<>();

  ErrorCode closed() {
    return closed.getFirst();
  }

  @Override
  public StreamListener onStream(H2Stream stream, Headers headers, boolean endStream) {
    stream.sendHeaders(new Headers().add(dev.marrow.http.HeaderName.STATUS, "200"), false);
    var back = new Back(stream);
    stream.listen(back);
    return back;
  }

  @Override
  public void onClosed(Closed why) {
    closed.add(why.code());
  }

  private record Back(H2Stream stream) implements StreamListener, ByteStream.Listener {
    @Override
    public void onBytes(ByteBuf bytes) {
      stream.consumed(bytes.readableBytes());
      stream.write(bytes);
      stream.flush();
    }

    @Override
    public void onFinish() {
      stream.finish();
    }

    @Override
    public void onReset(Abort why) {}
  }
}
