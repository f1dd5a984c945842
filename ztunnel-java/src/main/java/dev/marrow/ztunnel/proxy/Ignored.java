package dev.marrow.ztunnel.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;

/** For a stream that nobody wants any more and that is reset right away. */
enum Ignored implements ByteStream.Listener {
  LISTENER;

  @Override
  public void onBytes(ByteBuf bytes) {
    bytes.release();
  }

  @Override
  public void onFinish() {}

  @Override
  public void onReset(Abort why) {}
}
