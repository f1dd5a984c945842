package dev.marrow.ztunnel.proxy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Addresses of workloads known by name only. Answers are kept for half a minute; one look-up per
 * name at a time. Thread-safe.
 */
public final class Resolver {
  private static final int MOST_NAMES = 4096;
  private static final long LOOKUP_SECONDS = 5;
  private static final long KEPT_NANOS = Duration.ofSeconds(30).toNanos();

  private final ConcurrentHashMap<String, Entry> names = new ConcurrentHashMap<>();
  private final Lookup lookup;
  private final Executor waiting;

  /** How a name becomes addresses; may block. */
  public interface Lookup {
    List<InetAddress> addresses(String hostname) throws UnknownHostException;
  }

  private record Entry(CompletableFuture<List<InetAddress>> addresses, long sinceNanos) {}

  /**
   * @param waiting runs look-ups, which block
   */
  public Resolver(Lookup lookup, Executor waiting) {
    this.lookup = lookup;
    this.waiting = waiting;
  }

  /** Resolves as this process does. */
  public static Resolver ofSystem() {
    return new Resolver(
        hostname -> List.of(InetAddress.getAllByName(hostname)),
        task -> Thread.ofVirtual().name("resolve").start(task));
  }

  /** One address of {@code hostname}, of the client's family if there is one. */
  CompletionStage<InetAddress> resolve(String hostname, boolean ipv4) {
    return entry(hostname)
        .thenApply(all -> {
          var ofFamily = new ArrayList<InetAddress>(all);
          ofFamily.removeIf(ip -> ip instanceof Inet4Address != ipv4);
          List<InetAddress> choice = ofFamily.isEmpty() ? all : ofFamily;
          return choice.get(ThreadLocalRandom.current().nextInt(choice.size()));
        });
  }

  /** How many names are kept. */
  int names() {
    return names.size();
  }

  private CompletableFuture<List<InetAddress>> entry(String hostname) {
    long now = System.nanoTime();
    if (names.size() >= MOST_NAMES && !names.containsKey(hostname) && !makeRoom(now)) {
      return CompletableFuture.failedFuture(
          new UnknownHostException(hostname + ": too many names are looked up"));
    }
    Entry entry =
        names.compute(
            hostname,
            (name, old) -> old == null || stale(old, now) ? new Entry(start(name), now) : old);
    return entry.addresses();
  }

  /** At the cost of any answer, if none is old; look-ups under way stay. */
  private boolean makeRoom(long now) {
    names.values().removeIf(e -> now - e.sinceNanos() > KEPT_NANOS);
    if (names.size() >= MOST_NAMES) {
      names.values().stream()
          .filter(e -> e.addresses().isDone())
          .findAny()
          .ifPresent(names.values()::remove);
    }
    return names.size() < MOST_NAMES;
  }

  private static boolean stale(Entry entry, long now) {
    return now - entry.sinceNanos() > KEPT_NANOS || entry.addresses().isCompletedExceptionally();
  }

  private CompletableFuture<List<InetAddress>> start(String hostname) {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return lookup.addresses(hostname);
              } catch (UnknownHostException e) {
                throw new java.util.concurrent.CompletionException(e);
              }
            },
            waiting)
        .orTimeout(LOOKUP_SECONDS, TimeUnit.SECONDS);
  }
}
