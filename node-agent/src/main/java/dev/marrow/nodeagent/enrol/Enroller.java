package dev.marrow.nodeagent.enrol;

import dev.marrow.linux.FileIdentity;
import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.plan.PodTarget;
import dev.marrow.nodeagent.redirect.RedirectRules;
import dev.marrow.nodeagent.zds.Announcement;
import dev.marrow.nodeagent.zds.NodeProxies;
import dev.marrow.nodeagent.zds.NodeProxy;
import dev.marrow.nodeagent.zds.PodEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings pods to where {@link Wishes} want them. Confined to the agent's thread.
 *
 * <p>In: the proxy listens in the pod (announced and acknowledged), then new connections are
 * redirected, then the control plane is told. Out: the control plane is told, peers settle, new
 * connections go free again, then the proxy is told. At no moment is traffic sent where nobody
 * listens.
 */
final class Enroller {
  private static final Logger LOG = LoggerFactory.getLogger(Enroller.class);

  private final NodeProxies proxies;
  private final RedirectRules rules;
  private final Enrolments enrolments;
  private final ProbeMarks probeMarks;
  private final Pace pace;
  private final Map<String, PodState> states = new HashMap<>();

  Enroller(
      NodeProxies proxies,
      RedirectRules rules,
      Enrolments enrolments,
      ProbeMarks probeMarks,
      Pace pace) {
    this.proxies = proxies;
    this.rules = rules;
    this.enrolments = enrolments;
    this.probeMarks = probeMarks;
    this.pace = pace;
  }

  Map<String, PodState> states() {
    return states;
  }

  /** Tells a new proxy every pod that is wanted or not yet let go, enrolled so far or not. */
  void join(NodeProxy proxy, Wishes wishes) {
    var pods = new HashMap<>(wishes.enrol());
    states.forEach((uid, state) -> pods.putIfAbsent(uid, state.target()));
    var opened = new ArrayList<Netns>();
    try {
      var entries = new ArrayList<PodEntry>();
      for (PodTarget pod : pods.values()) {
        Optional<Netns> netns = open(pod.netns());
        netns.ifPresent(opened::add);
        entries.add(
            netns
                .<PodEntry>map(found -> present(pod, found))
                .orElseGet(() -> new PodEntry.OutOfReach(pod.uid())));
      }
      entries.addAll(unexplained(wishes, pods));
      proxies.join(proxy, entries);
    } finally {
      opened.forEach(Netns::close);
    }
    states.replaceAll((uid, state) -> state instanceof PodState.Failed f ? due(f) : state);
  }

  /** Pods entered earlier whose objects cannot be read now: nobody knows that they are gone. */
  private List<PodEntry> unexplained(Wishes wishes, Map<String, PodTarget> known) {
    if (wishes.complete()) {
      return List.of();
    }
    return entries().stream()
        .map(Enrolments.Entry::uid)
        .filter(uid -> !known.containsKey(uid) && !wishes.outside().containsKey(uid))
        .<PodEntry>map(PodEntry.OutOfReach::new)
        .toList();
  }

  private static PodState due(PodState.Failed failed) {
    return new PodState.Failed(
        failed.target(), failed.reason(), System.nanoTime(), Duration.ofMillis(0));
  }

  /** Takes in what is wanted and not in, or in but changed. */
  void bringIn(Wishes wishes) {
    // A probe must be recognisable before it could be redirected.
    probeMarks.cover(wishes.enrol().values());
    if (proxies.fellBack()) {
      announceAgain();
    }
    for (PodTarget target : wishes.enrol().values()) {
      switch (states.get(target.uid())) {
        case null -> enrol(target, pace.firstRetry());
        case PodState.Failed failed when System.nanoTime() - failed.retryAt() >= 0 ->
            enrol(target, longer(failed.backoff()));
        // Another namespace is another attempt: what failed for the old one says nothing.
        case PodState.Failed failed when !failed.target().equals(target) ->
            enrol(target, pace.firstRetry());
        case PodState.Failed later -> {}
        case PodState.Leaving leaving -> enrol(target, pace.firstRetry());
        case PodState.Enrolled enrolled when unchanged(enrolled, target) -> {}
        case PodState.Enrolled changed -> enrol(target, pace.firstRetry());
      }
    }
  }

  /** A proxy whose successor has ended serves pods that it never heard of. */
  private void announceAgain() {
    for (PodState state : List.copyOf(states.values())) {
      if (state instanceof PodState.Enrolled(PodTarget target, FileIdentity known)) {
        announceAgain(target);
      }
    }
  }

  private void announceAgain(PodTarget target) {
    try (Netns netns = Netns.open(target.netns())) {
      if (proxies.add(present(target, netns)) instanceof Announcement.Refused(String reason)) {
        failed(target, reason, pace.firstRetry());
      }
    } catch (IOException gone) {
      LOG.debug("{} is not announced again: {}", target, gone.getMessage());
    }
  }

  private static boolean unchanged(PodState.Enrolled enrolled, PodTarget target) {
    if (!enrolled.target().equals(target)) {
      return false;
    }
    // A pod can get a new namespace under its old name and uid, when its sandbox is made again.
    try (Netns now = Netns.open(target.netns())) {
      return now.identity().equals(enrolled.netns());
    } catch (IOException gone) {
      return true;
    }
  }

  private Duration longer(Duration backoff) {
    Duration next = backoff.isZero() ? pace.firstRetry() : backoff.multipliedBy(2);
    return next.compareTo(pace.longestRetry()) < 0 ? next : pace.longestRetry();
  }

  private void enrol(PodTarget target, Duration backoff) {
    long start = System.nanoTime();
    try (Netns netns = Netns.open(target.netns())) {
      switch (proxies.add(present(target, netns))) {
        case Announcement.Accepted() -> {
          rules.redirect(netns, target.redirection());
          enrolments.enter(Enrolments.Entry.of(target));
          states.put(target.uid(), new PodState.Enrolled(target, netns.identity()));
          LOG.info("{} is in the mesh ({} ms)", target, millisSince(start));
        }
        case Announcement.Refused(String reason) -> failed(target, reason, backoff);
        case Announcement.NoProxy() -> failed(target, "no node proxy is connected", backoff);
      }
    } catch (IOException failure) {
      failed(target, String.valueOf(failure.getMessage()), backoff);
    }
  }

  private static long millisSince(long start) {
    return Duration.ofNanos(System.nanoTime() - start).toMillis();
  }

  private static PodEntry.Present present(PodTarget pod, Netns netns) {
    return new PodEntry.Present(
        pod.uid(), pod.namespace(), pod.name(), pod.serviceAccount(), netns);
  }

  /** A pod that is in already stays as it is until the next attempt works. */
  private void failed(PodTarget target, String reason, Duration backoff) {
    LOG.warn("{} cannot be enrolled yet: {}", target, reason);
    long retryAt = System.nanoTime() + backoff.toNanos();
    states.put(target.uid(), new PodState.Failed(target, reason, retryAt, backoff));
  }

  /** Begins to let go what is no longer wanted, and ends what has settled. */
  void letGo(Wishes wishes) {
    for (PodState state : List.copyOf(states.values())) {
      String uid = state.target().uid();
      boolean wanted = wishes.enrol().containsKey(uid);
      boolean gone = !wanted && !wishes.outside().containsKey(uid);
      // What cannot be read now is not gone.
      if (wanted || (gone && !wishes.complete() && !(state instanceof PodState.Leaving))) {
        continue;
      }
      switch (state) {
        case PodState.Failed failed -> leave(failed.target());
        case PodState.Enrolled enrolled when gone -> end(enrolled.target());
        case PodState.Enrolled enrolled -> leave(enrolled.target());
        case PodState.Leaving leaving when System.nanoTime() - leaving.until() >= 0 ->
            free(leaving);
        case PodState.Leaving later -> {}
      }
    }
  }

  private void leave(PodTarget target) {
    try (Netns netns = Netns.open(target.netns())) {
      strike(Enrolments.Entry.of(target));
      long until = System.nanoTime() + pace.settle().toNanos();
      states.put(target.uid(), new PodState.Leaving(target, netns.identity(), until));
    } catch (IOException gone) {
      end(target);
    }
  }

  private void free(PodState.Leaving leaving) {
    PodTarget target = leaving.target();
    if (!release(target.netns(), target.toString())) {
      // Still redirected: without its proxy it could speak to nobody.
      long again = System.nanoTime() + pace.longestRetry().toNanos();
      states.put(target.uid(), new PodState.Leaving(target, leaving.netns(), again));
      return;
    }
    proxies.del(target.uid());
    states.remove(target.uid());
    LOG.info("{} has left the mesh", target);
  }

  private void end(PodTarget target) {
    strike(Enrolments.Entry.of(target));
    proxies.del(target.uid());
    states.remove(target.uid());
    LOG.info("{} is gone", target);
  }

  private void strike(Enrolments.Entry entry) {
    try {
      enrolments.strike(entry);
    } catch (IOException failure) {
      LOG.warn("enrolment of {}/{}: {}", entry.namespace(), entry.name(), failure.getMessage());
    }
  }

  /**
   * Takes the redirection out of a pod that may have one from earlier; false if it may have it
   * still.
   */
  boolean release(Path pod, String name) {
    Optional<Netns> opened = open(pod);
    if (opened.isEmpty()) {
      return true;
    }
    try (Netns netns = opened.get()) {
      rules.release(netns);
      return true;
    } catch (IOException failure) {
      LOG.warn("redirection of {}: {}", name, failure.getMessage());
      return false;
    }
  }

  /** Strikes out entries of pods nobody wants enrolled; returns how many there were. */
  int strikeStrangers(Wishes wishes) {
    if (!wishes.complete()) {
      return 0;
    }
    int strangers = 0;
    for (Enrolments.Entry entry : entries()) {
      if (!wishes.enrol().containsKey(entry.uid())) {
        LOG.info("{}/{} is entered but not to be enrolled", entry.namespace(), entry.name());
        strike(entry);
        strangers++;
      }
    }
    return strangers;
  }

  private List<Enrolments.Entry> entries() {
    try {
      return enrolments.entries();
    } catch (IOException unreadable) {
      LOG.warn("enrolments: {}", unreadable.getMessage());
      return List.of();
    }
  }

  /** Makes again what was lost, for whatever reason: redirections, and the marks of probes. */
  void repair() {
    probeMarks.repair();
    for (PodState state : List.copyOf(states.values())) {
      if (state instanceof PodState.Enrolled enrolled && lost(enrolled)) {
        LOG.warn("{} had lost its redirection", enrolled.target());
        enrol(enrolled.target(), pace.firstRetry());
      }
    }
  }

  private boolean lost(PodState.Enrolled enrolled) {
    try (Netns netns = Netns.open(enrolled.target().netns())) {
      return sameNamespace(netns.identity(), enrolled) && !rules.redirecting(netns);
    } catch (IOException gone) {
      return false;
    }
  }

  private static boolean sameNamespace(FileIdentity now, PodState.Enrolled enrolled) {
    return now.equals(enrolled.netns());
  }

  /** When something is to be done next without any event, if at all. */
  Optional<Long> nextDue(Wishes wishes) {
    return states.values().stream()
        .filter(s -> s instanceof PodState.Leaving || wishes.enrol().containsKey(s.target().uid()))
        .flatMap(state ->
            switch (state) {
              case PodState.Failed failed -> java.util.stream.Stream.of(failed.retryAt());
              case PodState.Leaving leaving -> java.util.stream.Stream.of(leaving.until());
              case PodState.Enrolled enrolled -> java.util.stream.Stream.<Long>empty();
            })
        .min(Long::compare);
  }

  private static Optional<Netns> open(Path path) {
    try {
      return Optional.of(Netns.open(path));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
