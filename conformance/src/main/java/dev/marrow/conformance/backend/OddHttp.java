package dev.marrow.conformance.backend;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers of HTTP/1.1 that a careless proxy frames wrongly. */
final class OddHttp {
  private static final String PLAIN =
      "HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\nkit says: hello\n";
  private static final int MOST_HEAD = 64 * 1024;

  private OddHttp() {}

  static void play(Socket socket, Arrival arrival) throws IOException {
    InputStream in = socket.getInputStream();
    for (String head = head(in, arrival); !head.isEmpty(); head = head(in, arrival)) {
      String answer = answer(head);
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      if (answer.startsWith("HTTP/1.1 101")) {
        in.transferTo(socket.getOutputStream());
        return;
      }
    }
  }

  private static String answer(String head) {
    String target = head.split(" ", 3).length > 1 ? head.split(" ", 3)[1] : "";
    return switch (target) {
      case "/103" -> "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n" + PLAIN;
      case "/204" -> "HTTP/1.1 204 No Content\r\nx-kit: empty\r\n\r\n";
      case "/upgrade" ->
          "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
      default -> head.startsWith("HEAD ") ? PLAIN.substring(0, PLAIN.indexOf("kit says")) : PLAIN;
    };
  }

  /** Up to the empty line; empty at the end. Bodies are not expected. */
  private static String head(InputStream in, Arrival arrival) throws IOException {
    StringBuilder head = new StringBuilder();
    byte[] one = new byte[1];
    while (!head.toString().endsWith("\r\n\r\n") && head.length() < MOST_HEAD) {
      if (in.read(one) < 0) {
        return "";
      }
      arrival.received(one, 1);
      head.append((char) (one[0] & 0xff));
    }
    return head.toString();
  }
}
