package dev.marrow.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class when Netty reports that a buffer was lost. Found by itself through {@code
 * META-INF/services} wherever this test-jar is on the class path and {@code
 * junit-platform.properties} turns that on.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
  private static final Logger DETECTOR = Logger.getLogger(ResourceLeakDetector.class.getName());

  static {
    DETECTOR.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
              LEAKS.add(String.valueOf(entry.getMessage()));
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    LEAKS.clear();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    System.gc();
    // What was lost is reported when the next tracked object is made.
    for (int i = 0; i < 4; i++) {
      ByteBufAllocator.DEFAULT.buffer(16).release();
    }
    if (!LEAKS.isEmpty()) {
      throw new AssertionError("leaks: " + LEAKS.size() + ", the first: " + LEAKS.peek());
    }
  }
}
