package dev.marrow.cli.drill.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** A new connection, bytes, our end of input; then the same bytes and the other end of input. */
public final class TcpExchange implements Exchange {
  @Override
  public String kind() {
    return "tcp";
  }

  @Override
  public byte[] exchange(
      Source from, InetSocketAddress to, byte[] payload, Duration patience, Tally tally)
      throws IOException {
    try (Socket socket = from.connect(to, patience)) {
      socket.getOutputStream().write(payload);
      socket.shutdownOutput();
      return socket.getInputStream().readNBytes(payload.length + 1);
    }
  }
}
