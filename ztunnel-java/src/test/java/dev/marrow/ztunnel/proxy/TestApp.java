package dev.marrow.ztunnel.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An app that sends back whatever it gets. */
final class TestApp implements AutoCloseable {
  private final ServerSocket listener;

  private TestApp(ServerSocket listener) {
    this.listener = listener;
    Thread.ofVirtual().start(this::accept);
  }

  static TestApp echo(String ip) throws IOException {
    return new TestApp(new ServerSocket(0, 50, InetAddress.ofLiteral(ip)));
  }

  /** Sends every connection's bytes on to another address, as a gateway in front of it does. */
  static TestApp forwarding(String ip, String to, int port) throws IOException {
    var app = new ServerSocket(0, 50, InetAddress.ofLiteral(ip));
    Thread.ofVirtual()
        .start(() -> {
          while (!app.isClosed()) {
            try {
              Socket in = app.accept();
              var out = new Socket(InetAddress.ofLiteral(to), port);
              copy(in, out);
              copy(out, in);
            } catch (IOException e) {
              return;
            }
          }
        });
    return new TestApp(app, true);
  }

  private TestApp(ServerSocket listener, boolean served) {
    this.listener = listener;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        copy(socket, socket);
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
          } catch (IOException e) {
            // The other end is gone.
          }
        });
  }

  /** Sends a text and reads as many bytes back. */
  static String ask(Socket socket, String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      socket.getOutputStream().write(bytes);
      return new String(socket.getInputStream().readNBytes(bytes.length), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a connection. */
  interface Opening {
    Socket open() throws IOException;
  }

  /** Whether a connection is refused: at once, or before it carries anything. */
  static boolean refused(Opening opening) {
    try (Socket socket = opening.open()) {
      return over(socket);
    } catch (java.net.SocketException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the peer has closed or reset. */
  static boolean over(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
