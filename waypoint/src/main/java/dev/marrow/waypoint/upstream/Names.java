package dev.marrow.waypoint.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The addresses of endpoints that are known by name only, looked up on virtual threads and kept for
 * a short while; old ones are used while they are looked up again. Thread-safe.
 */
public final class Names {
  private static final long FRESH = Duration.ofSeconds(5).toNanos();
  private static final int MOST = 10_000;

  /** Asks the system; may block. */
  @FunctionalInterface
  public interface Lookup {
    InetAddress[] all(String name) throws UnknownHostException;
  }

  private record Known(List<InetAddress> addresses, long at) {}

  private final Lookup lookup;
  private final LongSupplier nanos;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<List<InetAddress>>> asked = new ConcurrentHashMap<>();

  public Names(Lookup lookup, LongSupplier nanos) {
    this.lookup = lookup;
    this.nanos = nanos;
  }

  /** Calls {@code done} on {@code loop}, later; with none if nobody knows the name. */
  void resolve(String name, Executor loop, Consumer<List<InetAddress>> done) {
    Known before = known.get(name);
    CompletableFuture<List<InetAddress>> answer;
    if (before == null) {
      answer = ask(name);
    } else {
      boolean fresh = nanos.getAsLong() - before.at() < FRESH;
      CompletableFuture<List<InetAddress>> next = fresh ? settled(before) : ask(name);
      // An old answer is better than waiting for the next one, unless it was none.
      answer = before.addresses().isEmpty() ? next : settled(before);
    }
    answer.thenAcceptAsync(done, loop);
  }

  private static CompletableFuture<List<InetAddress>> settled(Known known) {
    return CompletableFuture.completedFuture(known.addresses());
  }

  private CompletableFuture<List<InetAddress>> ask(String name) {
    return asked.computeIfAbsent(
        name,
        asking -> {
          CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
          Thread.ofVirtual().name("dns").start(() -> ask(asking, answer));
          return answer;
        });
  }

  private void ask(String name, CompletableFuture<List<InetAddress>> answer) {
    List<InetAddress> addresses;
    try {
      addresses = List.of(lookup.all(name));
    } catch (UnknownHostException | RuntimeException e) {
      Known before = known.get(name);
      // A name server that is away for a moment takes nothing away.
      addresses = before == null ? List.of() : before.addresses();
    }
    if (known.size() > MOST) {
      known.clear();
    }
    known.put(name, new Known(addresses, nanos.getAsLong()));
    asked.remove(name);
    answer.complete(addresses);
  }
}
