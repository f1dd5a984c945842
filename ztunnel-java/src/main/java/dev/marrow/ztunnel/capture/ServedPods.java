package dev.marrow.ztunnel.capture;

import dev.marrow.linux.FileDescriptor;
import dev.marrow.linux.Netns;
import dev.marrow.linux.Packet;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what {@link PodBook} decides. Owns the namespaces of pods that could not be started yet.
 * Confined to the thread that reads announcements.
 */
final class ServedPods {
  private static final Logger LOG = LoggerFactory.getLogger(ServedPods.class);

  private final PodBook book = new PodBook();
  private final Map<PodUid, Netns> waiting = new HashMap<>();
  private final PodProxies proxies;

  ServedPods(PodProxies proxies) {
    this.proxies = proxies;
  }

  /** What to tell the agent about one packet. */
  sealed interface Answer {
    record Ack() implements Answer {}

    record Nack(String reason) implements Answer {}

    /** Nothing: whoever speaks there does not speak this protocol. */
    record Fatal(String reason) implements Answer {}
  }

  PodBook book() {
    return book;
  }

  Answer handle(Packet packet) {
    return switch (ZdsRequest.decode(packet.bytes(), packet.descriptorCount())) {
      case ZdsRequest.Add add -> add(add, packet.takeOnlyDescriptor());
      case ZdsRequest.Keep(PodUid uid) -> act(book.keep(uid));
      case ZdsRequest.Del(PodUid uid) -> act(book.del(uid));
      case ZdsRequest.SnapshotSent() -> act(book.snapshotSent());
      case ZdsRequest.Unusable(String reason) -> new Answer.Nack(reason);
      case ZdsRequest.Violation(String reason) -> new Answer.Fatal(reason);
    };
  }

  private Answer add(ZdsRequest.Add add, FileDescriptor fd) {
    Netns netns;
    try {
      netns = Netns.of(fd);
    } catch (IOException notUsable) {
      return new Answer.Nack("network namespace: " + notUsable.getMessage());
    }
    switch (book.add(add.uid(), add.workload(), netns.identity())) {
      case PodBook.Step.StartPod start -> {
        if (start.stopFirst()) {
          proxies.stop(start.uid());
        }
        forget(start.uid());
        return start(start.uid(), start.workload(), netns);
      }
      case PodBook.Step.Nothing() -> {
        netns.close();
        return new Answer.Ack();
      }
      case PodBook.Step.StopPods stop -> throw new IllegalStateException("add gave " + stop);
      case PodBook.Step.Violation(String reason) -> {
        netns.close();
        return new Answer.Fatal(reason);
      }
    }
  }

  private Answer act(PodBook.Step step) {
    return switch (step) {
      case PodBook.Step.StopPods(var uids) -> {
        uids.forEach(this::stop);
        yield new Answer.Ack();
      }
      case PodBook.Step.Nothing() -> new Answer.Ack();
      case PodBook.Step.Violation(String reason) -> new Answer.Fatal(reason);
      case PodBook.Step.StartPod start -> throw new IllegalStateException("unasked " + start);
    };
  }

  private void stop(PodUid uid) {
    boolean neverStarted = waiting.containsKey(uid);
    forget(uid);
    if (!neverStarted) {
      proxies.stop(uid);
      LOG.info("pod {} is no longer served", uid);
    }
  }

  /** Takes {@code netns}: hands it on, or keeps it for the next attempt. */
  private Answer start(PodUid uid, PodWorkload workload, Netns netns) {
    switch (proxies.start(uid, workload, netns)) {
      case PodProxies.Start.Started() -> {
        waiting.remove(uid);
        book.started(uid);
        LOG.info("pod {} ({}) is served in {}", workload, uid, netns.identity());
        return new Answer.Ack();
      }
      case PodProxies.Start.Failed(String reason) -> {
        waiting.put(uid, netns);
        LOG.warn("pod {} ({}) cannot be served yet: {}", workload, uid, reason);
        return new Answer.Nack(reason);
      }
    }
  }

  private void forget(PodUid uid) {
    Netns older = waiting.remove(uid);
    if (older != null) {
      older.close();
    }
  }

  /** Tries again to start what could not be started. */
  void retry() {
    book.pending()
        .forEach((uid, workload) -> {
          Netns netns = waiting.get(uid);
          if (netns != null) {
            start(uid, workload, netns);
          }
        });
  }

  /** Gives back the namespaces of pods that wait; those that are served go on. */
  void close() {
    waiting.values().forEach(Netns::close);
    waiting.clear();
  }
}
