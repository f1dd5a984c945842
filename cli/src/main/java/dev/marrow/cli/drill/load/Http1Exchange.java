package dev.marrow.cli.drill.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * HTTP/1.1, on kept connections or on new ones. As every client does, it sends a request again if a
 * kept connection turns out to have ended before anything was answered; that is counted.
 */
public final class Http1Exchange implements Exchange {
  private record Key(Source from, InetSocketAddress to) {}

  private record Kept(Socket socket, InputStream in) {}

  private final boolean keep;
  private final Map<Key, Deque<Kept>> idle = new ConcurrentHashMap<>();

  private Http1Exchange(boolean keep) {
    this.keep = keep;
  }

  public static Http1Exchange kept() {
    return new Http1Exchange(true);
  }

  public static Http1Exchange fresh() {
    return new Http1Exchange(false);
  }

  @Override
  public String kind() {
    return keep ? "h1-kept" : "h1-new";
  }

  @Override
  public byte[] exchange(
      Source from, InetSocketAddress to, byte[] payload, Duration patience, Tally tally)
      throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    Key key = new Key(from, to);
    for (Optional<Kept> kept = take(key); kept.isPresent(); kept = take(key)) {
      try {
        return talk(key, kept.get(), payload);
      } catch (Http1.NothingCame | SocketException e) {
        kept.get().socket().close();
        tally.resent();
      }
    }
    Socket socket = from.connect(to, Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    return talk(key, new Kept(socket, new BufferedInputStream(socket.getInputStream())), payload);
  }

  private byte[] talk(Key key, Kept on, byte[] payload) throws IOException {
    boolean again = false;
    try {
      String head =
          "PUT /echo HTTP/1.1\r\nHost: echo\r\nContent-Length: %d\r\n%s\r\n"
              .formatted(payload.length, keep ? "" : "Connection: close\r\n");
      byte[] start = Http1.ascii(head);
      ByteBuffer request = ByteBuffer.allocate(start.length + payload.length);
      on.socket().getOutputStream().write(request.put(start).put(payload).array());
      Http1.Head answer = Http1.head(on.in());
      byte[] body = Http1.body(answer, on.in());
      if (answer.status() != 200) throw new IOException("answer: " + answer.start());
      again = keep && !answer.closes();
      if (again) idle.computeIfAbsent(key, k -> new ConcurrentLinkedDeque<>()).push(on);
      return body;
    } finally {
      if (!again) on.socket().close();
    }
  }

  /** A kept connection that has not ended meanwhile. */
  private Optional<Kept> take(Key key) throws IOException {
    Deque<Kept> waiting = idle.computeIfAbsent(key, k -> new ConcurrentLinkedDeque<>());
    for (Kept kept = waiting.poll(); kept != null; kept = waiting.poll()) {
      if (kept.in().available() == 0 && !Sockets.ended(kept.socket())) return Optional.of(kept);
      kept.socket().close();
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    idle.values().forEach(all -> all.forEach(kept -> Sockets.close(kept.socket())));
  }
}
