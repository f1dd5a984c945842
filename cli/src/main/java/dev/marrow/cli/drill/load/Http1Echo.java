package dev.marrow.cli.drill.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** An HTTP/1.1 app that sends bodies and WebSocket messages back. */
public final class Http1Echo {
  private static final String WEBSOCKET_ID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private Http1Echo() {}

  /** Serves one connection. */
  public static void serve(Socket socket) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    while (true) {
      Http1.Head head = Http1.head(in);
      if (head.field("upgrade").equalsIgnoreCase("websocket")) {
        webSocket(socket, head, in);
        return;
      }
      if (head.start().startsWith("GET /flood ")) {
        flood(socket);
        return;
      }
      byte[] body = Http1.body(head, in);
      byte[] start =
          Http1.ascii(
              "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n"
                  .formatted(body.length, head.closes() ? "Connection: close\r\n" : ""));
      byte[] answer = java.util.Arrays.copyOf(start, start.length + body.length);
      System.arraycopy(body, 0, answer, start.length, body.length);
      socket.getOutputStream().write(answer);
      if (head.closes()) return;
    }
  }

  /** More than anybody wants, as fast as it goes. */
  private static void flood(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write(Http1.ascii("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n"));
    byte[] block = new byte[64 * 1024];
    while (true) socket.getOutputStream().write(block);
  }

  private static void webSocket(Socket socket, Http1.Head head, InputStream in) throws IOException {
    socket
        .getOutputStream()
        .write(
            Http1.ascii(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                    + accept(head.field("sec-websocket-key"))
                    + "\r\n\r\n"));
    while (true) {
      WebSocketFrames.Frame frame = WebSocketFrames.read(in);
      socket.getOutputStream().write(WebSocketFrames.plain(frame.opcode(), frame.payload()));
      if (frame.opcode() == WebSocketFrames.CLOSE) return;
    }
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + WEBSOCKET_ID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
