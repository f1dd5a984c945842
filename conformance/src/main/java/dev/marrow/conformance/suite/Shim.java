package dev.marrow.conformance.suite;

import dev.marrow.conformance.wire.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A plain port on loopback; each connection to it goes on over a new link to the target. So tools
 * that know nothing of client certificates and tunnels can be used. Thread-safe.
 */
final class Shim implements AutoCloseable {
  private static final int CHUNK = 16_384;
  private static final int MOST_WAITING = 256;
  private static final Duration TURN = Duration.ofMillis(1);
  private static final byte[] END = new byte[0];

  /** Opens a link for one connection. */
  @FunctionalInterface
  interface Opener {
    Link open() throws IOException;
  }

  private final ServerSocket listener;
  private final Opener opener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private Shim(ServerSocket listener, Opener opener) {
    this.listener = listener;
    this.opener = opener;
  }

  static Shim start(Opener opener) throws IOException {
    Shim shim = new Shim(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), opener);
    Thread.ofPlatform().daemon().name("shim").start(shim::accept);
    return shim;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        Thread.ofPlatform().daemon().name("shim-link").start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    try (socket;
        Link link = opener.open()) {
      Thread.ofPlatform().daemon().name("shim-read").start(() -> read(socket, waiting));
      copy(socket, link, waiting);
    } catch (IOException e) {
      // The tool sees its connection end, which is what it wants to know.
    } finally {
      open.remove(socket);
    }
  }

  // A link belongs to one thread: this one takes turns with both directions.
  private static void copy(Socket socket, Link link, BlockingQueue<byte[]> waiting)
      throws IOException {
    while (true) {
      for (byte[] bytes = waiting.poll(); bytes != null; bytes = waiting.poll()) {
        if (bytes == END) {
          return;
        }
        link.write(bytes);
      }
      byte[] back = link.read(TURN);
      if (back.length > 0) {
        socket.getOutputStream().write(back);
      }
    }
  }

  private static void read(Socket socket, BlockingQueue<byte[]> waiting) {
    byte[] buffer = new byte[CHUNK];
    try {
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        waiting.put(Arrays.copyOf(buffer, n));
      }
      waiting.put(END);
    } catch (IOException e) {
      waiting.offer(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
