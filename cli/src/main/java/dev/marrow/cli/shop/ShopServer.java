package dev.marrow.cli.shop;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** A small HTTP/1.1 server, one virtual thread per connection. Thread-safe. */
final class ShopServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 2000;
  private static final Duration IDLE = Duration.ofMinutes(2);

  private final ServerSocket listener;
  private final ShopPage page;
  private final Semaphore free = new Semaphore(MAX_CONNECTIONS);

  private ShopServer(ServerSocket listener, ShopPage page) {
    this.listener = listener;
    this.page = page;
  }

  static ShopServer listen(int port, ShopPage page) throws IOException {
    ShopServer server = new ShopServer(new ServerSocket(port, 512), page);
    Thread.ofPlatform().name("accept").daemon().start(server::accept);
    return server;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        free.acquireUninterruptibly();
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        free.release();
        if (!listener.isClosed()) System.err.println("accept: " + e.getMessage());
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) IDLE.toMillis());
      var in = new BufferedInputStream(socket.getInputStream(), 2048);
      boolean open = true;
      while (open) open = exchange(in, socket.getOutputStream());
    } catch (IOException e) {
      // The client went away or spoke something else: there is nobody left to tell.
    } finally {
      free.release();
    }
  }

  /** Serves one request and says whether the connection stays open. */
  private boolean exchange(BufferedInputStream in, OutputStream out) throws IOException {
    HttpHead head = HttpHead.read(in);
    String[] words = head.first().split(" ");
    if (head.first().isEmpty()) return false;
    if (words.length != 3) {
      out.write(
          HttpHead.bytes(
              "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
      return false;
    }
    in.skipNBytes(head.bodyBytes());
    ShopPage.Answer answer = page.answer(words[0], words[1]);
    byte[] body = HttpHead.bytes(answer.body());
    String reason = answer.status() == 200 ? "OK" : "Bad Gateway";
    String first =
        "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
            .formatted(
                answer.status(), reason, body.length, head.close() ? "Connection: close\r\n" : "");
    var message = new java.io.ByteArrayOutputStream(first.length() + body.length);
    message.writeBytes(HttpHead.bytes(first));
    if (!words[0].equals("HEAD")) message.writeBytes(body);
    message.writeTo(out);
    return !head.close();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
