package dev.marrow.nodeagent.kube;

import dev.marrow.nodeagent.api.Access;
import dev.marrow.nodeagent.api.ApiServer;
import dev.marrow.nodeagent.cni.Plugin;
import dev.marrow.nodeagent.cni.PluginPlaces;
import dev.marrow.nodeagent.cni.PluginRequests;
import dev.marrow.nodeagent.enrol.Agent;
import dev.marrow.nodeagent.enrol.Enrolments;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.nodeagent.settings.Source;
import dev.marrow.resources.ResourceSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an agent has around it on a node of a cluster: the API server, the pods, the plugin, the
 * wish to be removed. Confined to the thread that starts and closes it.
 */
public final class ClusterNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterNode.class);
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final ApiServer server;
  private final HostNamespaces namespaces;
  private final KubernetesPods pods;
  private final String node;
  private final Source.Cluster source;
  private final Optional<Plugin> plugin;
  private final List<AutoCloseable> running = new ArrayList<>();

  private ClusterNode(
      ApiServer server,
      HostNamespaces namespaces,
      KubernetesPods pods,
      String node,
      Source.Cluster source) {
    this.server = server;
    this.namespaces = namespaces;
    this.pods = pods;
    this.node = node;
    this.source = source;
    this.plugin = source.plugin().map(Plugin::new);
  }

  /** Returns when the pods of the node are known, however long the API server takes. */
  public static ClusterNode join(
      String node, Source.Cluster source, Map<String, String> environment)
      throws IOException, InterruptedException {
    ApiServer server = ApiServer.at(Access.inCluster(environment));
    var namespaces = new HostNamespaces(source.processes(), source.namespaces());
    var pods = KubernetesPods.of(server, node, namespaces);
    while (!pods.snapshot().problems().isEmpty()) {
      Thread.sleep(Duration.ofMillis(20));
    }
    return new ClusterNode(server, namespaces, pods, node, source);
  }

  public ResourceSource pods() {
    return pods;
  }

  public Enrolments enrolments() {
    return new AnnotatedEnrolments(server, pods, node);
  }

  /** Answers the plugin, then puts it on the node. */
  public void admitNewPods(EnrolmentPlan plan, Agent agent) throws IOException {
    if (source.plugin().isEmpty()) {
      return;
    }
    PluginPlaces places = source.plugin().get();
    var door = new PluginDoor(server, pods, plan, agent, namespaces);
    running.add(PluginRequests.answer(places.exchange(), door));
    plugin.get().install();
    Thread keeper = Thread.ofVirtual().name("chain").start(this::keepChained);
    running.add(keeper::interrupt);
  }

  /** The network's own installer may write its configuration again at any time. */
  private void keepChained() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        try {
          plugin.orElseThrow().chain();
        } catch (IOException failure) {
          log.warn("CNI configuration: {}", failure.getMessage());
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Cleans the node when the installation is about to go. */
  public void expectRemoval(Removal.Cleaning cleaning) {
    running.add(
        Removal.expect(
            server,
            source.namespace(),
            node,
            () -> {
              dismissPlugin();
              return cleaning.run();
            }));
  }

  /** Answers the plugin no more and takes it off the node. */
  public void dismissPlugin() throws IOException {
    if (plugin.isPresent()) {
      for (AutoCloseable each : List.copyOf(running)) {
        if (!(each instanceof Removal)) {
          end(each);
          running.remove(each);
        }
      }
      plugin.get().remove();
    }
  }

  private static void end(AutoCloseable each) throws IOException {
    try {
      each.close();
    } catch (IOException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new IOException(failure);
    }
  }

  /** The plugin stays on the node: a pod that begins meanwhile waits for the next agent. */
  @Override
  public void close() throws IOException {
    for (AutoCloseable each : running) {
      end(each);
    }
    pods.close();
    server.close();
  }
}
