package dev.marrow.nodeagent.zds;

import dev.marrow.linux.FileDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node proxies that are connected, in the order they came. Usually one; two while one takes
 * over from the other: then the newer is told of new pods, and both of those that are gone.
 * Confined to one thread.
 */
public final class NodeProxies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeProxies.class);

  private final List<NodeProxy> proxies = new ArrayList<>();
  private boolean fellBack;

  public int size() {
    return proxies.size();
  }

  /** Tells a new proxy all pods. From then on it is the one that is told of new ones. */
  public void join(NodeProxy proxy, List<? extends PodEntry> pods) {
    int refused = 0;
    try {
      for (PodEntry pod : pods) {
        Optional<String> refusal = send(proxy, pod);
        if (refusal.isPresent()) {
          refused++;
          LOG.warn("the node proxy refused {}: {}", pod, refusal.get());
        }
      }
      proxy.ask(PodEntry.endOfSnapshot());
      proxies.add(proxy);
      LOG.info(
          "a node proxy joined and was told {} pods, of which it refused {}", pods.size(), refused);
    } catch (IOException ended) {
      LOG.warn("a node proxy left during its snapshot: {}", ended.getMessage());
      proxy.close();
    }
  }

  /** Announces a pod to the newest proxy, or to the one before if that one is gone. */
  public Announcement add(PodEntry.Present pod) {
    while (!proxies.isEmpty()) {
      NodeProxy newest = proxies.getLast();
      try {
        return send(newest, pod)
            .<Announcement>map(Announcement.Refused::new)
            .orElseGet(Announcement.Accepted::new);
      } catch (IOException ended) {
        drop(newest, ended);
      }
    }
    return new Announcement.NoProxy();
  }

  private static Optional<String> send(NodeProxy proxy, PodEntry pod) throws IOException {
    byte[] request = PodEntry.request(pod);
    return switch (pod) {
      case PodEntry.Present present -> proxy.ask(request, present.netns().descriptor());
      case PodEntry.OutOfReach outOfReach -> proxy.ask(request, new FileDescriptor[0]);
    };
  }

  /** Tells all proxies that a pod is to be served no more. */
  public void del(String uid) {
    for (NodeProxy proxy : List.copyOf(proxies)) {
      try {
        proxy
            .ask(PodEntry.deletion(uid))
            .ifPresent(refusal -> LOG.warn("deletion of pod {} refused: {}", uid, refusal));
      } catch (IOException ended) {
        drop(proxy, ended);
      }
    }
  }

  /** Forgets proxies that are gone. */
  public void dropEnded() {
    for (NodeProxy proxy : List.copyOf(proxies)) {
      if (proxy.ended()) {
        drop(proxy, new IOException("it closed the connection"));
      }
    }
  }

  /**
   * Whether the newest has left, since the last time this was asked, and one is there that does not
   * know what only the newest was told.
   */
  public boolean fellBack() {
    boolean since = fellBack && !proxies.isEmpty();
    fellBack = false;
    return since;
  }

  private void drop(NodeProxy proxy, IOException why) {
    LOG.warn("a node proxy left: {}", why.getMessage());
    fellBack |= proxies.getLast() == proxy;
    proxies.remove(proxy);
    proxy.close();
  }

  @Override
  public void close() {
    proxies.forEach(NodeProxy::close);
    proxies.clear();
  }
}
