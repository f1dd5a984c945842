import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a node proxy is trained with: requests, new connections and bulk through a tunnel from it to itself, and its pages. Runs in
 * the namespace of the training, beside the proxy, and gives up quietly: a cache of less is still a cache.
 */
final class Traffic {
  private static final InetSocketAddress SOCKS = new InetSocketAddress("127.0.0.1", 15080);
  private static final InetSocketAddress READY = new InetSocketAddress("127.0.0.1", 15021);
  private static final int APP = 8080;
  private static final int CONNECTIONS = 8;

  /** The pod's own addresses beside 127.0.0.1: the first connection to each needs a tunnel of its own, and with it a handshake. */
  static final int MORE_ADDRESSES = 1500;

  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final Duration EACH = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private Traffic() {}

  public static void main(String[] args) throws Exception {
    ServerSocket app = new ServerSocket(APP);
    Thread.ofVirtual().start(() -> serve(app));
    awaitReady();
    page(READY.getPort(), "/healthz/ready");
    inParallel(() -> requests(1024));
    inParallel(Traffic::connections);
    inParallel(Traffic::tunnels);
    requests(256 << 10);
    page(15020, "/metrics");
    page(15000, "/config_dump");
    System.exit(0);
  }

  private static void awaitReady() throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        new Socket(READY.getAddress(), READY.getPort()).close();
        new Socket(SOCKS.getAddress(), SOCKS.getPort()).close();
        return;
      } catch (IOException notYet) {
        Thread.sleep(50);
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void inParallel(Work work) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      threads.add(Thread.ofVirtual().start(() -> quietly(work)));
    }
    for (Thread thread : threads) thread.join();
  }

  private static void quietly(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      System.err.println("training traffic: " + e.getMessage());
    }
  }

  private static void requests(int bytes) throws IOException {
    byte[] payload = new byte[bytes];
    long end = System.nanoTime() + EACH.toNanos();
    try (Socket socket = tunnel()) {
      while (System.nanoTime() - end < 0) exchange(socket, payload);
    }
  }

  private static void connections() throws IOException {
    long end = System.nanoTime() + EACH.toNanos();
    while (System.nanoTime() - end < 0) {
      try (Socket socket = tunnel()) {
        exchange(socket, new byte[1]);
      }
    }
  }

  private static void tunnels() throws IOException {
    long end = System.nanoTime() + EACH.toNanos();
    for (int n = NEXT.getAndIncrement(); n < MORE_ADDRESSES && System.nanoTime() - end < 0; n = NEXT.getAndIncrement()) {
      try (Socket socket = tunnel(address(n))) {
        exchange(socket, new byte[1]);
      }
    }
  }

  /** The address of that number, from zero: 127.0.1.0 and on. */
  static InetAddress address(int number) {
    return InetAddress.ofLiteral("127.0." + (1 + number / 256) + "." + number % 256);
  }

  private static void exchange(Socket socket, byte[] payload) throws IOException {
    socket.getOutputStream().write(payload);
    socket.getInputStream().readNBytes(payload.length);
  }

  private static Socket tunnel() throws IOException {
    return tunnel(SOCKS.getAddress());
  }

  private static Socket tunnel(InetAddress app) throws IOException {
    byte[] to = app.getAddress();
    Socket socket = new Socket(SOCKS.getAddress(), SOCKS.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    OutputStream out = socket.getOutputStream();
    out.write(new byte[] {5, 1, 0, 5, 1, 0, 1, to[0], to[1], to[2], to[3], (byte) (APP >> 8), (byte) APP});
    byte[] answer = socket.getInputStream().readNBytes(12);
    if (answer.length < 12 || answer[3] != 0) throw new IOException("SOCKS5: refused");
    return socket;
  }

  private static void serve(ServerSocket app) {
    while (true) {
      try {
        Socket socket = app.accept();
        socket.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> quietly(() -> echo(socket)));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[64 << 10];
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) socket.getOutputStream().write(buffer, 0, n);
    }
  }

  private static void page(int port, String path) {
    quietly(() -> {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        socket.setSoTimeout(10_000);
        String head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getInputStream().readAllBytes();
      }
    });
  }
}
