package dev.marrow.cli.drill.load;

import dev.marrow.linux.Netns;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A pod as the load sees it: sockets made here live in the pod's network namespace. Thread-safe:
 * one platform thread makes them all.
 */
public final class Source implements AutoCloseable {
  private final String name;
  private final Netns netns;
  private final ExecutorService maker;

  private Source(String name, Netns netns) {
    this.name = name;
    this.netns = netns;
    this.maker =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("sockets-" + name).factory());
  }

  /** The pod whose namespace is at {@code path}. */
  public static Source open(String name, Path path) throws IOException {
    return new Source(name, Netns.open(path));
  }

  public String name() {
    return name;
  }

  /**
   * Connects. Reads of the socket give up after {@code patience}, too.
   *
   * @throws IOException if nobody accepts in time
   */
  public Socket connect(InetSocketAddress target, Duration patience) throws IOException {
    Socket socket = make(SocketChannel::open).socket();
    try {
      int millis = Math.toIntExact(Math.max(1, patience.toMillis()));
      socket.setTcpNoDelay(true);
      socket.connect(target, millis);
      socket.setSoTimeout(millis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  ServerSocketChannel listen(int port) throws IOException {
    ServerSocketChannel server = make(ServerSocketChannel::open);
    server.bind(new InetSocketAddress(port), 4096);
    return server;
  }

  private <T> T make(Callable<T> creation) throws IOException {
    try {
      return maker.submit(() -> netns.callHere(creation)).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException(name + ": no socket: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    maker.shutdown();
    maker.close();
    netns.close();
  }
}
