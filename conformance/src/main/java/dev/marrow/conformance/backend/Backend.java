package dev.marrow.conformance.backend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The application behind the target, and the oracle that a refusal really refused: it remembers
 * every connection that reached it. One port per behaviour. Thread-safe.
 */
public final class Backend implements AutoCloseable {
  public static final String BANNER = "marrow-conformance ready\n";
  public static final int STREAM_BYTES = 4 << 20;
  private static final int BUFFER = 64 * 1024;
  private static final int SMALL_BUFFER = 2 * 1024;
  private static final int MAX_REMEMBERED = 20_000;

  private final Map<Behaviour, ServerSocket> listeners = new EnumMap<>(Behaviour.class);
  private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<Integer, CountDownLatch> barriers = new ConcurrentHashMap<>();

  private Backend() {}

  /** Listens on free ports of {@code address}. */
  public static Backend start(InetAddress address) throws IOException {
    return start(address, Map.of());
  }

  /** Listens on the given ports, and on free ones for the behaviours that have none. */
  public static Backend start(InetAddress address, Map<Behaviour, Integer> ports)
      throws IOException {
    Backend backend = new Backend();
    for (Behaviour behaviour : Behaviour.values()) {
      ServerSocket listener = new ServerSocket(ports.getOrDefault(behaviour, 0), 1024, address);
      backend.listeners.put(behaviour, listener);
      Thread.ofVirtual()
          .name("backend-" + behaviour)
          .start(() -> backend.accept(listener, behaviour));
    }
    return backend;
  }

  public int port(Behaviour behaviour) {
    return java.util.Objects.requireNonNull(listeners.get(behaviour)).getLocalPort();
  }

  /** Every connection so far, oldest first. */
  public List<Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  /** How many connections have come so far; compare before and after. */
  public int count() {
    return arrivals.size();
  }

  /**
   * Returns when every connection that was made before this call has been noted. A connection of
   * our own goes through the same queue, so what comes out behind it was not there before.
   */
  public void settle(Behaviour behaviour) throws IOException {
    CountDownLatch through = new CountDownLatch(1);
    ServerSocket listener = java.util.Objects.requireNonNull(listeners.get(behaviour));
    try (Socket marker = new Socket()) {
      marker.bind(new InetSocketAddress(listener.getInetAddress(), 0));
      barriers.put(marker.getLocalPort(), through);
      marker.connect(listener.getLocalSocketAddress(), 1_000);
      if (!through.await(1, TimeUnit.SECONDS)) {
        throw new IOException("the kit's own application does not accept");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isBarrier(Socket socket) throws IOException {
    CountDownLatch barrier = barriers.remove(socket.getPort());
    if (barrier == null || !socket.getInetAddress().equals(socket.getLocalAddress())) {
      return false;
    }
    barrier.countDown();
    socket.close();
    return true;
  }

  private void accept(ServerSocket listener, Behaviour behaviour) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        if (isBarrier(socket)) {
          continue;
        }
        Arrival arrival = new Arrival(socket.getRemoteSocketAddress().toString(), behaviour);
        if (arrivals.size() < MAX_REMEMBERED) {
          arrivals.add(arrival);
        }
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket, arrival));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket, Arrival arrival) {
    try (socket) {
      socket.setTcpNoDelay(true);
      play(socket, arrival);
      arrival.ended(Arrival.End.FIN);
    } catch (IOException e) {
      arrival.ended(Arrival.End.RST);
    } finally {
      open.remove(socket);
    }
  }

  private static void play(Socket socket, Arrival arrival) throws IOException {
    switch (arrival.behaviour()) {
      case ECHO, ECHO_ELSEWHERE -> echo(socket, arrival);
      case SERVER_FIRST -> {
        socket.getOutputStream().write(BANNER.getBytes(StandardCharsets.US_ASCII));
        echo(socket, arrival);
      }
      case STREAM -> {
        socket.getOutputStream().write(pattern(STREAM_BYTES));
        socket.shutdownOutput();
        drain(socket, arrival);
      }
      case BURST_AND_CLOSE -> socket.getOutputStream().write(pattern(BUFFER));
      case FIN_FIRST -> {
        socket.shutdownOutput();
        drain(socket, arrival);
      }
      case RESET -> {
        byte[] one = new byte[1];
        arrival.received(one, Math.max(0, socket.getInputStream().read(one)));
        socket.setSoLinger(true, 0);
      }
      case STALL -> stall(socket);
      case SLOW -> slow(socket, arrival);
      case HTTP -> http(socket, arrival);
      case HTTP_ODD -> OddHttp.play(socket, arrival);
    }
  }

  private static void echo(Socket socket, Arrival arrival) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    byte[] buffer = new byte[SMALL_BUFFER];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      arrival.received(buffer, n);
      out.write(buffer, 0, n);
      buffer = grown(buffer, n);
    }
    arrival.ended(Arrival.End.FIN);
    socket.shutdownOutput();
  }

  // A flood makes thousands of connections that bring nothing; few bring much.
  private static byte[] grown(byte[] buffer, int filled) {
    return filled == buffer.length && filled < BUFFER ? new byte[BUFFER] : buffer;
  }

  private static void drain(Socket socket, Arrival arrival) throws IOException {
    byte[] buffer = new byte[SMALL_BUFFER];
    for (int n = socket.getInputStream().read(buffer);
        n >= 0;
        n = socket.getInputStream().read(buffer)) {
      arrival.received(buffer, n);
      buffer = grown(buffer, n);
    }
  }

  private static void http(Socket socket, Arrival arrival) throws IOException {
    byte[] answer =
        "HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\nkit says: hello\n"
            .getBytes(StandardCharsets.US_ASCII);
    byte[] buffer = new byte[SMALL_BUFFER];
    int last = 0;
    for (int n = socket.getInputStream().read(buffer);
        n >= 0;
        n = socket.getInputStream().read(buffer)) {
      arrival.received(buffer, n);
      for (int i = 0; i < n; i++) {
        last = last << 8 | buffer[i] & 0xff;
        if (last == 0x0d0a0d0a) {
          socket.getOutputStream().write(answer);
        }
      }
    }
  }

  private static void stall(Socket socket) {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void slow(Socket socket, Arrival arrival) throws IOException {
    try {
      Thread.sleep(3_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    echo(socket, arrival);
  }

  /** Bytes that differ everywhere within a period of a prime length. */
  public static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + i / 251);
    }
    return bytes;
  }

  @Override
  public void close() {
    try {
      for (ServerSocket listener : listeners.values()) {
        listener.close();
      }
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException("backend did not close: " + e.getMessage(), e);
    }
  }
}
