package dev.marrow.cli.drill.load;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A connection that always has bytes under way, a few blocks ahead of what came back, each block
 * checked. Thread-safe.
 */
public final class Bulk implements AutoCloseable {
  private static final int BLOCK = 64 * 1024;

  private final OpenLoop.Pair pair;
  private final LongAdder blocks = new LongAdder();
  private final LongAdder breaks = new LongAdder();
  private final LongAdder wrongs = new LongAdder();
  private final List<Thread> threads = new ArrayList<>();
  private final long pauseNanos;
  private volatile boolean running = true;
  private volatile Socket socket = new Socket();

  private Bulk(OpenLoop.Pair pair, double megabytesPerSecond) {
    this.pair = pair;
    this.pauseNanos = (long) (BLOCK / (megabytesPerSecond * 1e6) * 1e9);
  }

  /** Starts; sends no more than {@code megabytesPerSecond}. */
  public static Bulk start(OpenLoop.Pair pair, double megabytesPerSecond) {
    Bulk bulk = new Bulk(pair, megabytesPerSecond);
    bulk.threads.add(Thread.ofVirtual().name("bulk").start(bulk::keep));
    return bulk;
  }

  private void keep() {
    while (running) {
      try (Socket open = pair.from().connect(pair.to(), OpenLoop.LATE)) {
        socket = open;
        transfer(open);
      } catch (WrongAnswer e) {
        wrongs.increment();
      } catch (IOException e) {
        if (running) breaks.increment();
        // Whoever refuses must not be asked so often that it cannot come back.
        java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
      }
    }
  }

  private void transfer(Socket open) throws IOException {
    Thread writer = Thread.ofVirtual().name("bulk-write").start(() -> write(open));
    try {
      for (long n = 0; running; n++) {
        byte[] back = open.getInputStream().readNBytes(BLOCK);
        if (back.length < BLOCK) throw new IOException("ended in the middle");
        if (!Arrays.equals(back, block(n))) throw new WrongAnswer("block " + n + " differs");
        blocks.increment();
      }
    } finally {
      writer.interrupt();
    }
  }

  private void write(Socket open) {
    long start = System.nanoTime();
    try {
      for (long n = 0; running; n++) {
        long wait = start + n * pauseNanos - System.nanoTime();
        if (wait > 0) java.util.concurrent.locks.LockSupport.parkNanos(wait);
        open.getOutputStream().write(block(n));
      }
    } catch (IOException e) {
      // The reader tells.
    }
  }

  private byte[] block(long n) {
    // Only the head differs: to make 64 KiB of random bytes costs more than to carry them.
    byte[] block = new byte[BLOCK];
    byte[] head = Payload.of(pair.from().name() + "-bulk", n, BLOCK / 64);
    for (int at = 0; at < BLOCK; at += head.length) {
      System.arraycopy(head, 0, block, at, Math.min(head.length, BLOCK - at));
    }
    return block;
  }

  public double megabytes() {
    return blocks.sum() * BLOCK / 1e6;
  }

  /** Times the connection ended, other than by us. */
  public long breaks() {
    return breaks.sum();
  }

  /** Blocks that were not what was sent. */
  public long wrong() {
    return wrongs.sum();
  }

  @Override
  public void close() throws IOException {
    running = false;
    socket.close();
    threads.forEach(Thread::interrupt);
  }
}
