package dev.marrow.conformance.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** The bytes of a tunnel as a connection, for protocols inside. Confined to the tunnel's thread. */
public final class TunnelLink implements Link {
  private static final int MOST_DATA = 16_384;

  private final H2Link h2;
  private final Tunnel tunnel;

  public TunnelLink(H2Link h2, Tunnel tunnel) {
    this.h2 = h2;
    this.tunnel = tunnel;
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += MOST_DATA) {
      tunnel.send(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + MOST_DATA)), false);
    }
  }

  @Override
  public byte[] read(Duration patience) throws IOException {
    Optional<Frame> frame = h2.await(this::isOurs, patience);
    if (frame.isEmpty()) {
      return new byte[0];
    }
    if (frame.get().is(Frame.RST_STREAM)) {
      throw new LinkClosed("tunnel reset: " + frame.get().error(), Optional.empty());
    }
    byte[] content = Tunnel.content(frame.get());
    if (content.length == 0 && frame.get().has(Frame.END_STREAM)) {
      throw new LinkClosed("tunnel ended", Optional.empty());
    }
    return content;
  }

  private boolean isOurs(Frame frame) {
    return frame.stream() == tunnel.stream()
        && (frame.is(Frame.RST_STREAM)
            || frame.is(Frame.DATA) && (frame.payload().length > 0 || frame.has(Frame.END_STREAM)));
  }

  @Override
  public TcpLink tcp() {
    return h2.link().tcp();
  }

  @Override
  public void close() {
    h2.close();
  }
}
