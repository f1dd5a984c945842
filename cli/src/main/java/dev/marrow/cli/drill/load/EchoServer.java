package dev.marrow.cli.drill.load;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An app in a pod that sends back what it gets. Thread-safe: a virtual thread per connection.
 * Counts connections, so that a drill can say that nothing arrived.
 */
public final class EchoServer implements AutoCloseable {
  public static final int TCP = 9000;
  public static final int HTTP1 = 9001;
  public static final int HTTP2 = 9002;

  /** What is done with one connection, until it ends. */
  public interface Talk {
    void talk(Socket socket) throws IOException;
  }

  private final ServerSocketChannel server;
  private final Talk talk;
  private final AtomicLong accepted = new AtomicLong();
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  private EchoServer(ServerSocketChannel server, Talk talk) {
    this.server = server;
    this.talk = talk;
  }

  /** Listens in {@code pod}. */
  public static EchoServer start(Source pod, int port, Talk talk) throws IOException {
    EchoServer echo = new EchoServer(pod.listen(port), talk);
    Thread.ofVirtual().name("echo-" + pod.name()).start(echo::accept);
    return echo;
  }

  /** Bytes back as they come, then the end of input back. */
  public static void echo(Socket socket) throws IOException {
    byte[] buffer = new byte[16 * 1024];
    for (int n = socket.getInputStream().read(buffer);
        n >= 0;
        n = socket.getInputStream().read(buffer)) {
      socket.getOutputStream().write(buffer, 0, n);
    }
    socket.shutdownOutput();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        accepted.incrementAndGet();
        open.add(channel);
        Thread.ofVirtual().name("echo").start(() -> serve(channel));
      } catch (IOException e) {
        if (!server.isOpen()) return;
      }
    }
  }

  private void serve(SocketChannel channel) {
    try (channel;
        Socket socket = channel.socket()) {
      socket.setTcpNoDelay(true);
      talk.talk(socket);
    } catch (IOException e) {
      // The client reports what it saw; who hung up first is not this side's business.
    } finally {
      open.remove(channel);
    }
  }

  /** Connections so far. */
  public long accepted() {
    return accepted.get();
  }

  /** Connections that are open. */
  public int open() {
    return open.size();
  }

  /** Accepts no more; what is open goes on. */
  public void stopAccepting() throws IOException {
    server.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel channel : open) channel.close();
  }
}
