package dev.marrow.ztunnel;

import dev.marrow.linux.Netns;
import dev.marrow.ztunnel.capture.PodProxies;
import dev.marrow.ztunnel.capture.PodSockets;
import dev.marrow.ztunnel.capture.PodUid;
import dev.marrow.ztunnel.capture.PodWorkload;
import dev.marrow.ztunnel.proxy.Node;
import dev.marrow.ztunnel.proxy.PodName;
import dev.marrow.ztunnel.proxy.PodProxy;
import dev.marrow.ztunnel.proxy.Pods;
import dev.marrow.ztunnel.report.Metrics;
import dev.marrow.ztunnel.settings.SocketSettings;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Starts and stops the proxies of pods as the node agent announces them. Confined to the thread
 * that reads announcements, but for the counters.
 */
final class NodePods implements PodProxies {
  private final Node node;
  private final Pods pods;
  private final Names names;
  private final EventLoopGroup group;
  private final SocketSettings sockets;
  private final boolean portReuse;
  private final Map<PodUid, PodProxy> running = new HashMap<>();
  private final LongAdder started;
  private final LongAdder stopped;

  NodePods(Parts parts, SocketSettings sockets, boolean portReuse, Metrics metrics) {
    this.node = parts.node();
    this.pods = parts.pods();
    this.names = parts.names();
    this.group = parts.group();
    this.sockets = sockets;
    this.portReuse = portReuse;
    this.started =
        metrics.counter("workload_manager_proxies_started_total", "proxies of pods started");
    this.stopped =
        metrics.counter("workload_manager_proxies_stopped_total", "proxies of pods stopped");
  }

  /** What every proxy of a pod is made of. */
  record Parts(Node node, Pods pods, Names names, EventLoopGroup group) {}

  @Override
  public Start start(PodUid uid, PodWorkload workload, Netns netns) {
    var name = new PodName(workload.namespace(), workload.name(), workload.serviceAccount());
    try {
      var captured = new Captured(PodSockets.in(netns, sockets, portReuse));
      PodProxy proxy =
          PodProxy.start(
              name,
              captured,
              node,
              group,
              PodProxy.Scope.POD,
              names.of(name, captured, group.next(), portReuse));
      proxy.ended().thenRun(() -> ended(netns));
      pods.add(uid.value(), proxy);
      running.put(uid, proxy);
      started.increment();
      return new Start.Started();
    } catch (IOException | UncheckedIOException e) {
      return new Start.Failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return new Start.Failed(e.toString());
    }
  }

  private void ended(Netns netns) {
    netns.close();
    stopped.increment();
  }

  @Override
  public void stop(PodUid uid) {
    PodProxy proxy = running.remove(uid);
    if (proxy != null) {
      proxy.leave();
    }
  }
}
