package dev.marrow.nodeagent;

import dev.marrow.nodeagent.redirect.Listener;
import dev.marrow.nodeagent.redirect.TwoNamespaces;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** One new connection after another, in both directions, for as long as it is open. */
final class Requests implements AutoCloseable {
  private final TwoNamespaces net;
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger count = new AtomicInteger();
  private final List<Thread> threads =
      List.of(Thread.ofPlatform().unstarted(this::out), Thread.ofPlatform().unstarted(this::in));
  private volatile boolean closed;

  Requests(TwoNamespaces net) {
    this.net = net;
  }

  void start() {
    threads.forEach(Thread::start);
  }

  private void out() {
    while (!closed) {
      expect("server", () -> Listener.greeting(net.pod(), TwoNamespaces.NODE, 8080));
    }
  }

  private void in() {
    while (!closed) {
      expect("app", () -> Listener.greeting(net.node(), TwoNamespaces.POD, 8080));
    }
  }

  private interface Request {
    String send() throws IOException;
  }

  private void expect(String name, Request request) {
    try {
      String greeting = request.send();
      count.incrementAndGet();
      if (!greeting.startsWith(name)) {
        failures.add(name + " expected: " + greeting);
      }
    } catch (IOException failure) {
      failures.add(name + " expected: " + failure);
    }
  }

  List<String> failures() {
    return failures;
  }

  int count() {
    return count.get();
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
