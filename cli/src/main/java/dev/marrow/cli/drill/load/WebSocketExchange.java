package dev.marrow.cli.drill.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A WebSocket for each request (RFC 6455): upgrade, the payload in four messages with pauses, then
 * a close in order.
 */
public final class WebSocketExchange implements Exchange {
  private static final int MESSAGES = 4;
  private static final long PAUSE_NANOS = 50_000_000;

  @Override
  public String kind() {
    return "websocket";
  }

  @Override
  public byte[] exchange(
      Source from, InetSocketAddress to, byte[] payload, Duration patience, Tally tally)
      throws IOException {
    try (Socket socket = from.connect(to, patience)) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      socket
          .getOutputStream()
          .write(
              Http1.ascii(
                  "GET /socket HTTP/1.1\r\nHost: echo\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
      Http1.Head head = Http1.head(in);
      if (head.status() != 101) throw new IOException("upgrade: " + head.start());
      byte[] answer = new byte[payload.length];
      int part = payload.length / MESSAGES;
      for (int n = 0; n < MESSAGES; n++) {
        int length = n == MESSAGES - 1 ? payload.length - n * part : part;
        byte[] message = java.util.Arrays.copyOfRange(payload, n * part, n * part + length);
        socket.getOutputStream().write(WebSocketFrames.masked(WebSocketFrames.BINARY, message));
        byte[] back = WebSocketFrames.read(in).payload();
        if (back.length != length)
          throw new WrongAnswer("message of %d bytes for %d".formatted(back.length, length));
        System.arraycopy(back, 0, answer, n * part, length);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      socket
          .getOutputStream()
          .write(WebSocketFrames.masked(WebSocketFrames.CLOSE, new byte[] {3, (byte) 0xe8}));
      if (WebSocketFrames.read(in).opcode() != WebSocketFrames.CLOSE)
        throw new WrongAnswer("no close frame");
      return answer;
    }
  }
}
