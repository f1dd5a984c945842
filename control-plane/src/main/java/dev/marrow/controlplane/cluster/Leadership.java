package dev.marrow.controlplane.cluster;

import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who of several replicas writes: the one that holds a Lease. A lease counts as lost by others when
 * it did not change for its whole length by our own clock, so that clocks need not agree; and as
 * lost by us when we could not renew it for two thirds of that, whatever keeps us from it. So there
 * is never more than one leader. Thread-safe: a virtual thread of its own renews.
 */
public final class Leadership implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Leadership.class);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /**
   * How long things take.
   *
   * @param lease after which a leader that is silent has lost
   * @param every how often a lease is looked at and renewed
   */
  public record Times(Duration lease, Duration every) {
    public Times {
      if (every.multipliedBy(3).compareTo(lease) > 0) {
        throw new IllegalArgumentException(
            "every: %s (expected: at most a third of %s)".formatted(every, lease));
      }
    }

    public static Times standard() {
      return new Times(Duration.ofSeconds(15), Duration.ofSeconds(2));
    }
  }

  /** What must be so besides, for us to lead. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private final ApiServer server;
  private final String namespace;
  private final String name;
  private final String self;
  private final Times times;
  private final Clock clock;
  private final List<Runnable> gained = new CopyOnWriteArrayList<>();
  private final Thread thread = Thread.ofVirtual().name("leadership").unstarted(this::run);
  // Until when we lead, by nanoTime; long ago at first.
  private final AtomicLong leadingUntil = new AtomicLong(System.nanoTime() - 1);
  private volatile Condition condition = () -> true;
  private boolean told;
  private JsonNode seen = MissingNode.getInstance();
  private long seenAt = System.nanoTime();

  /**
   * Asks for the lease {@code namespace/name} from {@link #start} on.
   *
   * @param self who we are; nobody else may have that name
   */
  public Leadership(
      ApiServer server, String namespace, String name, String self, Times times, Clock clock) {
    this.server = server;
    this.namespace = namespace;
    this.name = name;
    this.self = self;
    this.times = times;
    this.clock = clock;
  }

  /** Calls {@code listener} each time we become the leader, on a thread of our own. */
  public void onGained(Runnable listener) {
    gained.add(listener);
  }

  /** From now on we lead only while this holds; it is asked on each turn, before the lease. */
  public void onlyIf(Condition next) {
    condition = next;
  }

  public void start() {
    thread.start();
  }

  /** Whether we may write now. */
  public boolean leading() {
    return leadingUntil.get() - System.nanoTime() > 0;
  }

  private void run() {
    try {
      while (true) {
        turn();
        Thread.sleep(times.every());
      }
    } catch (InterruptedException e) {
      log.debug("no longer a candidate");
    }
  }

  private void turn() throws InterruptedException {
    long start = System.nanoTime();
    try {
      if (!condition.holds()) {
        leadingUntil.set(System.nanoTime() - 1);
      } else if (held()) {
        // Lapsed while the server was slow: what was to be written meanwhile was dropped.
        told &= leading();
        leadingUntil.set(start + times.lease().toNanos() * 2 / 3);
      }
    } catch (IOException e) {
      log.warn("lease {}/{} not renewed: {}", namespace, name, e.getMessage());
    }
    boolean leading = leading();
    if (leading != told) {
      told = leading;
      log.info("{} {} the leader", self, leading ? "is" : "is no longer");
      if (leading) {
        gained.forEach(Runnable::run);
      }
    }
  }

  private boolean held() throws IOException, InterruptedException {
    Reply found = server.get(path());
    if (found.notFound()) {
      return taken(server.create(collection(), lease(MissingNode.getInstance())));
    }
    if (!found.ok()) {
      throw new IOException(found.reason());
    }
    JsonNode spec = found.body().path("spec");
    if (!spec.equals(seen)) {
      seen = spec;
      seenAt = System.nanoTime();
    }
    String holder = spec.path("holderIdentity").stringValue("");
    boolean free =
        holder.isEmpty()
            || holder.equals(self)
            || System.nanoTime() - seenAt > times.lease().toNanos();
    if (!free) {
      leadingUntil.set(System.nanoTime() - 1);
      return false;
    }
    return taken(server.replace(path(), lease(found.body())));
  }

  private static boolean taken(Reply reply) throws IOException {
    if (!reply.ok() && !reply.conflict()) {
      throw new IOException(reply.reason());
    }
    return reply.ok();
  }

  /** The lease as ours; {@code before} is the one that is replaced, and no other. */
  private ObjectNode lease(JsonNode before) {
    ObjectNode lease = JsonNodeFactory.instance.objectNode();
    lease.put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
    ObjectNode metadata = lease.putObject("metadata");
    metadata.put("name", name).put("namespace", namespace);
    JsonNode version = before.path("metadata").path("resourceVersion");
    if (version.isString()) {
      metadata.set("resourceVersion", version);
    }
    String now = MICROS.format(clock.instant());
    boolean ours = before.path("spec").path("holderIdentity").stringValue("").equals(self);
    String since = before.path("spec").path("acquireTime").stringValue("");
    int changes = before.path("spec").path("leaseTransitions").asInt(0);
    lease
        .putObject("spec")
        .put("holderIdentity", self)
        .put("leaseDurationSeconds", Math.max(1, (int) times.lease().toSeconds()))
        .put("acquireTime", ours && !since.isEmpty() ? since : now)
        .put("renewTime", now)
        .put("leaseTransitions", ours ? changes : changes + 1);
    return lease;
  }

  private String collection() {
    return "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
  }

  private String path() {
    return collection() + "/" + name;
  }

  /** Stops leading at once, and lets the next one lead without waiting. */
  @Override
  public void close() {
    boolean leading = leading();
    leadingUntil.set(System.nanoTime() - 1);
    thread.interrupt();
    try {
      thread.join(times.every());
      if (leading) {
        release();
      }
    } catch (IOException e) {
      log.debug("lease not given back", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void release() throws IOException, InterruptedException {
    Reply found = server.get(path());
    if (found.body() instanceof ObjectNode lease
        && lease.path("spec") instanceof ObjectNode spec
        && spec.path("holderIdentity").stringValue("").equals(self)) {
      spec.put("holderIdentity", "");
      server.replace(path(), lease);
    }
  }
}
