package dev.marrow.it.mesh;

import dev.marrow.linux.Netns;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Open-loop HTTP load from inside a pod: half of the requests on connections that are kept, half on
 * new ones. Every request carries a number, every answer must be 200 and complete; what is not is a
 * failure, with its reason.
 */
final class Load implements AutoCloseable {
  private static final int KEPT = 10;

  private final Netns pod;
  private final InetSocketAddress target;
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final AtomicLong sent = new AtomicLong();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  private Load(Netns pod, InetSocketAddress target) {
    this.pod = pod;
    this.target = target;
  }

  /** Starts {@code perSecond} requests a second. */
  static Load start(Netns pod, InetSocketAddress target, int perSecond) {
    Load load = new Load(pod, target);
    long interval = 2L * KEPT * 1_000_000_000L / perSecond;
    for (int i = 0; i < KEPT; i++) {
      load.spawn(i, interval, true);
      load.spawn(i, interval, false);
    }
    return load;
  }

  private void spawn(int index, long interval, boolean keep) {
    threads.add(
        Thread.ofPlatform()
            .name("load-" + index)
            .start(() -> loop(index * interval / KEPT, interval, keep)));
  }

  private void loop(long offset, long interval, boolean keep) {
    long due = System.nanoTime() + offset;
    SocketChannel connection = null;
    while (running.get()) {
      LockSupport.parkNanos(due - System.nanoTime());
      due += interval;
      long number = sent.incrementAndGet();
      try {
        if (connection == null) {
          connection = dial();
        }
        exchange(connection, number, keep);
        if (!keep) {
          connection.close();
          connection = null;
        }
      } catch (IOException e) {
        failures.add((keep ? "kept: " : "new: ") + e.getMessage());
        connection = null;
      }
    }
    if (connection != null) {
      closeQuietly(connection);
    }
  }

  private SocketChannel dial() throws IOException {
    SocketChannel channel = pod.call(SocketChannel::open);
    channel.socket().connect(target, 5_000);
    return channel;
  }

  private static void exchange(SocketChannel channel, long number, boolean keep)
      throws IOException {
    String request =
        "GET /?n="
            + number
            + " HTTP/1.1\r\nHost: load\r\n"
            + (keep ? "" : "Connection: close\r\n")
            + "\r\n";
    channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    StringBuilder answer = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (!complete(answer)) {
      buffer.clear();
      if (channel.read(buffer) < 0) {
        throw new IOException("closed in the middle after " + answer.length() + " bytes");
      }
      answer.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1));
    }
    if (!answer.toString().startsWith("HTTP/1.1 200")) {
      throw new IOException("answer: " + answer.substring(0, Math.min(40, answer.length())));
    }
  }

  private static boolean complete(StringBuilder answer) {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    String head = answer.substring(0, end).toLowerCase(java.util.Locale.ROOT);
    int at = head.indexOf("content-length:");
    if (at < 0) {
      return answer.toString().endsWith("0\r\n\r\n");
    }
    int line = head.indexOf('\r', at);
    int length = Integer.parseInt(head.substring(at + 15, line < 0 ? head.length() : line).trim());
    return answer.length() >= end + 4 + length;
  }

  long sent() {
    return sent.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops and waits for the requests under way. */
  @Override
  public void close() throws InterruptedException {
    running.set(false);
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
