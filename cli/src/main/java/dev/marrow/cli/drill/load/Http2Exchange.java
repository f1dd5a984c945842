package dev.marrow.cli.drill.load;

import dev.marrow.conformance.wire.Field;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP/2 with prior knowledge, one connection per pair and many requests on it; plain, or in the
 * shape of gRPC with a length before the message and a status in trailers.
 */
public final class Http2Exchange implements Exchange {
  private static final int ATTEMPTS = 3;
  private static final int GRPC_PREFIX = 5;

  private record Key(Source from, InetSocketAddress to) {}

  private final boolean grpc;
  private final Map<Key, H2Client> clients = new ConcurrentHashMap<>();
  private final Map<Key, Object> locks = new ConcurrentHashMap<>();

  private Http2Exchange(boolean grpc) {
    this.grpc = grpc;
  }

  public static Http2Exchange plain() {
    return new Http2Exchange(false);
  }

  public static Http2Exchange grpc() {
    return new Http2Exchange(true);
  }

  @Override
  public String kind() {
    return grpc ? "grpc" : "h2";
  }

  @Override
  public byte[] exchange(
      Source from, InetSocketAddress to, byte[] payload, Duration patience, Tally tally)
      throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    for (int attempt = 1; ; attempt++) {
      try {
        return once(new Key(from, to), payload, end);
      } catch (H2Client.Refused e) {
        if (attempt == ATTEMPTS) throw e;
        tally.resent();
      }
    }
  }

  private byte[] once(Key key, byte[] payload, long end) throws IOException {
    byte[] body = grpc ? message(payload) : payload;
    try {
      H2Client.Answer answer =
          client(key, end)
              .send(head(body.length), body)
              .get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (!answer.status().equals("200")) throw new IOException("status: " + answer.status());
      if (!grpc) return answer.body();
      if (!answer.grpcStatus().equals("0")) {
        throw new IOException("grpc-status: '" + answer.grpcStatus() + "'");
      }
      return Arrays.copyOfRange(
          answer.body(), Math.min(GRPC_PREFIX, answer.body().length), answer.body().length);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof H2Client.Refused refused) throw refused;
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException("late: no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private List<Field> head(int length) {
    return List.of(
        Field.of(":method", grpc ? "POST" : "PUT"),
        Field.of(":scheme", "http"),
        Field.of(":path", grpc ? "/drill.Echo/Say" : "/echo"),
        Field.of(":authority", "echo"),
        grpc
            ? Field.of("content-type", "application/grpc")
            : Field.of("content-length", "" + length),
        Field.of("te", "trailers"));
  }

  private static byte[] message(byte[] payload) {
    return ByteBuffer.allocate(GRPC_PREFIX + payload.length)
        .put((byte) 0)
        .putInt(payload.length)
        .put(payload)
        .array();
  }

  private H2Client client(Key key, long end) throws IOException {
    synchronized (locks.computeIfAbsent(key, k -> new Object())) {
      H2Client known = clients.get(key);
      if (known != null && known.usable()) return known;
      Duration patience = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
      H2Client opened = H2Client.start(key.from().connect(key.to(), patience));
      clients.put(key, opened);
      return opened;
    }
  }

  @Override
  public void close() {
    clients.values().forEach(H2Client::close);
  }
}
