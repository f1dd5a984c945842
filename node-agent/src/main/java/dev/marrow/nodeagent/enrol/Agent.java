package dev.marrow.nodeagent.enrol;

import dev.marrow.linux.FileIdentity;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.nodeagent.redirect.RedirectRules;
import dev.marrow.nodeagent.zds.NodeProxies;
import dev.marrow.nodeagent.zds.NodeProxy;
import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.ResourceSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's one thread: waits for a change, a proxy or a due time, then brings the node to where
 * the configuration wants it. Everything it works with is confined to that thread; {@link
 * #arrived}, {@link #status} and {@link #close} are thread-safe.
 *
 * <p>When it ends, everything stays in place: the next agent finds and adopts it.
 */
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
  private static final int EVENTS = 64;

  private sealed interface Event {
    record Changed() implements Event {}

    record Arrived(NodeProxy proxy) implements Event {}
  }

  private final ResourceSource source;
  private final EnrolmentPlan plan;
  private final NodeProxies proxies = new NodeProxies();
  private final Enroller enroller;
  private final Pace pace;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS);
  private final Thread thread;
  private volatile AgentStatus status = AgentStatus.STARTING;
  private volatile boolean closed;
  private long nextCheck;
  // Pods of before that are to be outside, and are redirected still.
  private Set<String> stuck = Set.of();

  /**
   * @param source is read; closing it is the caller's
   * @param marksProbes whether the node's own connections are made recognisable
   */
  public Agent(
      ResourceSource source,
      EnrolmentPlan plan,
      RedirectRules rules,
      Enrolments enrolments,
      boolean marksProbes,
      Pace pace) {
    this.source = source;
    this.plan = plan;
    this.pace = pace;
    this.enroller =
        new Enroller(proxies, rules, enrolments, new ProbeMarks(rules, marksProbes), pace);
    this.thread = Thread.ofPlatform().name("agent").unstarted(this::run);
  }

  public void start() {
    source.onChange(() -> events.offer(new Event.Changed()));
    thread.start();
  }

  /** Takes over a proxy that has greeted. */
  public void arrived(NodeProxy proxy) {
    if (closed || !events.offer(new Event.Arrived(proxy))) {
      proxy.close();
    }
  }

  public AgentStatus status() {
    return status;
  }

  /** Returns when the thread has ended although nobody closed this. */
  public void awaitFailure() throws InterruptedException {
    thread.join();
    if (closed) {
      new CountDownLatch(1).await();
    }
  }

  /**
   * Waits until a pod is enrolled in that network namespace, and not in one that it had before;
   * says whether it is when {@code limit} is over.
   */
  public synchronized boolean awaitEnrolled(String uid, FileIdentity netns, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!netns.equals(status.in().get(uid))) {
      long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  private void run() {
    try {
      freeStrangers();
      nextCheck = System.nanoTime() + pace.check().toNanos();
      while (!closed) {
        round();
      }
    } catch (InterruptedException stop) {
      LOG.info("stopping; pods stay as they are");
    } finally {
      proxies.close();
    }
  }

  /**
   * Pods that are to be outside may still be entered or redirected, if they were unlabelled while
   * no agent ran or one was stopped between two steps.
   */
  private void freeStrangers() throws InterruptedException {
    Wishes wishes = wishes();
    if (enroller.strikeStrangers(wishes) > 0) {
      TimeUnit.NANOSECONDS.sleep(pace.settle().toNanos());
    }
    stuck = release(wishes, wishes.outside().keySet());
  }

  /** Frees those of {@code uids} that are to be outside; returns where that failed. */
  private Set<String> release(Wishes wishes, Set<String> uids) {
    Set<String> failed = new HashSet<>();
    wishes
        .outside()
        .forEach((uid, netns) -> {
          boolean known = uids.contains(uid) && !netns.toString().isEmpty();
          if (known && !enroller.release(netns, "pod " + uid)) {
            failed.add(uid);
          }
        });
    return failed;
  }

  private void round() throws InterruptedException {
    Wishes wishes = wishes();
    try {
      proxies.dropEnded();
      enroller.letGo(wishes);
      enroller.bringIn(wishes);
      enroller.strikeStrangers(wishes);
      checkIfDue(wishes);
    } catch (RuntimeException failure) {
      LOG.error("round failed; trying again with the next", failure);
    }
    publish();
    pause(wishes);
  }

  private Wishes wishes() {
    ResourceSnapshot snapshot = source.snapshot();
    return Wishes.of(plan.decide(snapshot), snapshot);
  }

  private void checkIfDue(Wishes wishes) {
    if (System.nanoTime() - nextCheck >= 0) {
      nextCheck = System.nanoTime() + pace.check().toNanos();
      enroller.repair();
      stuck = release(wishes, stuck);
    }
  }

  /** Waits for something to do, and welcomes the proxies that have come. */
  private void pause(Wishes wishes) throws InterruptedException {
    long due = enroller.nextDue(wishes).filter(d -> d - nextCheck < 0).orElse(nextCheck);
    // At least a little, so that a pod that fails at once cannot keep us spinning.
    long wait = Math.max(due - System.nanoTime(), Duration.ofMillis(5).toNanos());
    Event first = events.poll(wait, TimeUnit.NANOSECONDS);
    if (first == null) {
      return;
    }
    var all = new ArrayList<>(List.of(first));
    events.drainTo(all);
    for (Event event : all) {
      if (event instanceof Event.Arrived(NodeProxy proxy)) {
        enroller.join(proxy, wishes());
      }
    }
  }

  private void publish() {
    Map<String, FileIdentity> enrolled = new HashMap<>();
    int leaving = 0;
    Map<String, String> waiting = new TreeMap<>();
    for (PodState state : enroller.states().values()) {
      switch (state) {
        case PodState.Enrolled in -> enrolled.put(in.target().uid(), in.netns());
        case PodState.Leaving out -> leaving++;
        case PodState.Failed failed -> waiting.put(failed.target().toString(), failed.reason());
      }
    }
    int problems = source.snapshot().problems().size();
    var next =
        new AgentStatus(
            true, proxies.size(), enrolled, leaving, waiting, problems, status.rounds() + 1);
    synchronized (this) {
      status = next;
      notifyAll();
    }
  }

  /** Ends the thread and the connections to proxies; waits a moment for it. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }
}
