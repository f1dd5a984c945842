package dev.marrow.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * Releases {@link ProgramPages} some seconds after the start, when most of what it needed is done
 * with, and again at growing pauses: compilers run on for a while and need their code back, and
 * what is used seldom comes back as well. Thread-safe: a virtual thread does the work.
 */
public final class PageRelease implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

  private final Thread thread;

  private PageRelease(Thread thread) {
    this.thread = thread;
  }

  /**
   * Starts at once.
   *
   * @param longest pause between two releases; zero for no release at all
   */
  public static PageRelease every(Duration longest) {
    Thread thread = Thread.ofVirtual().name("page-release").unstarted(() -> run(longest));
    if (longest.isPositive()) {
      thread.start();
    }
    return new PageRelease(thread);
  }

  /** Without end: each is twice the one before, up to the longest. */
  static Stream<Duration> pauses(Duration longest) {
    return Stream.iterate(
        shorter(FIRST_PAUSE, longest), pause -> shorter(pause.multipliedBy(2), longest));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static void run(Duration longest) {
    try {
      Iterator<Duration> pauses = pauses(longest).iterator();
      while (true) {
        Thread.sleep(pauses.next());
        ProgramPages.release();
      }
    } catch (InterruptedException | IOException end) {
      // Closed; or there is no /proc here, and then there is nothing to be had.
      return;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
