package dev.marrow.cli.shop;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;

/** An HTTP/1.1 client that keeps connections open between requests. Thread-safe. */
final class ShopClient {
  private static final int MAX_IDLE_PER_HOST = 8;
  private static final int MAX_REQUESTS = 200;
  private static final Duration MAX_AGE = Duration.ofSeconds(5);

  private final Duration timeout;
  private final boolean asksAgain;
  private final Map<String, LinkedBlockingDeque<Connection>> idle = new ConcurrentHashMap<>();

  ShopClient(Duration timeout) {
    this(timeout, true);
  }

  /**
   * @param asksAgain whether a request that fails on a kept connection is sent again on a new one
   */
  ShopClient(Duration timeout, boolean asksAgain) {
    this.timeout = timeout;
    this.asksAgain = asksAgain;
  }

  /** Sends a request without a body over a kept connection if there is one. */
  ShopPage.Answer send(String method, URI url) throws IOException {
    var kept =
        idle.computeIfAbsent(
            url.getAuthority(), key -> new LinkedBlockingDeque<>(MAX_IDLE_PER_HOST));
    Connection connection = kept.pollFirst();
    while (connection != null && (connection.old() || connection.ended())) {
      connection.close();
      connection = kept.pollFirst();
    }
    if (connection != null) {
      try {
        return exchange(connection, method, url, kept);
      } catch (IOException e) {
        // The server may have closed an idle connection just now (RFC 9112 section 9.3.1): ask
        // again on a new one.
        connection.close();
        if (!asksAgain) throw new IOException("kept connection: " + e.getMessage(), e);
      }
    }
    return exchange(new Connection(url, timeout), method, url, kept);
  }

  /** Sends a request over a connection of its own. */
  ShopPage.Answer sendOnce(String method, URI url) throws IOException {
    try (Connection connection = new Connection(url, timeout)) {
      return connection.exchange(method, url, true);
    }
  }

  private static ShopPage.Answer exchange(
      Connection connection, String method, URI url, LinkedBlockingDeque<Connection> kept)
      throws IOException {
    boolean done = false;
    try {
      ShopPage.Answer answer = connection.exchange(method, url, false);
      done = connection.open && kept.offerFirst(connection);
      return answer;
    } finally {
      if (!done) connection.close();
    }
  }

  /** Confined to the thread that took it from the pool. */
  private static final class Connection implements AutoCloseable {
    private final Socket socket = new Socket();
    private final BufferedInputStream in;
    private boolean open = true;
    private int requests;
    private final long begun = System.nanoTime();

    Connection(URI url, Duration timeout) throws IOException {
      int port = url.getPort() < 0 ? 80 : url.getPort();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(
            new InetSocketAddress(InetAddress.getByName(url.getHost()), port),
            (int) timeout.toMillis());
        socket.setSoTimeout((int) timeout.toMillis());
        in = new BufferedInputStream(socket.getInputStream(), 2048);
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }

    ShopPage.Answer exchange(String method, URI url, boolean last) throws IOException {
      String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
      String request =
          "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
              .formatted(method, path, url.getAuthority(), last ? "Connection: close\r\n" : "");
      socket.getOutputStream().write(HttpHead.bytes(request));
      HttpHead head = HttpHead.read(in);
      String[] words = head.first().split(" ");
      if (words.length < 2) throw new IOException("no answer from " + url.getAuthority());
      byte[] body = in.readNBytes(head.bodyBytes());
      if (body.length < head.bodyBytes()) throw new IOException("the answer ended early");
      // Like most clients: a connection is not used for ever, so that whoever drains sees its end.
      open = !head.close() && ++requests < MAX_REQUESTS;
      return new ShopPage.Answer(
          Integer.parseInt(words[1]), new String(body, StandardCharsets.UTF_8));
    }

    /** Nobody who drains connections waits for ever. */
    boolean old() {
      return System.nanoTime() - begun > MAX_AGE.toNanos();
    }

    /** Whether the server has closed it, which a client that looks must not count against it. */
    boolean ended() {
      try {
        int patience = socket.getSoTimeout();
        socket.setSoTimeout(1);
        try {
          // Nothing is owed to us: a byte would be as wrong as the end.
          in.read();
          return true;
        } catch (SocketTimeoutException alive) {
          socket.setSoTimeout(patience);
          return false;
        }
      } catch (IOException e) {
        return true;
      }
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }
}
