package dev.marrow.nodeagent;

import dev.marrow.nodeagent.admin.StatusServer;
import dev.marrow.nodeagent.enrol.Agent;
import dev.marrow.nodeagent.enrol.AgentStatus;
import dev.marrow.nodeagent.enrol.Enrolments;
import dev.marrow.nodeagent.enrol.FileEnrolments;
import dev.marrow.nodeagent.enrol.Pace;
import dev.marrow.nodeagent.enrol.Uninstall;
import dev.marrow.nodeagent.kube.ClusterNode;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.nodeagent.redirect.IptablesRules;
import dev.marrow.nodeagent.redirect.NftablesRules;
import dev.marrow.nodeagent.redirect.RedirectRules;
import dev.marrow.nodeagent.settings.Settings;
import dev.marrow.nodeagent.settings.Source;
import dev.marrow.nodeagent.zds.NodeLock;
import dev.marrow.nodeagent.zds.ZdsServer;
import dev.marrow.resources.DirectorySource;
import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.ResourceSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** All wiring of the node agent, top to bottom. Thread-safe. */
public final class NodeAgent implements AutoCloseable {
  private static final Duration ZDS_DEADLINE = Duration.ofSeconds(5);

  private final List<AutoCloseable> parts;
  private final Agent agent;
  private final StatusServer statusServer;

  /**
   * @param parts in the order in which they are closed
   */
  private NodeAgent(List<AutoCloseable> parts, Agent agent, StatusServer statusServer) {
    this.parts = List.copyOf(parts);
    this.agent = agent;
    this.statusServer = statusServer;
  }

  public static NodeAgent start(Settings settings) throws IOException, InterruptedException {
    return switch (settings.source()) {
      case Source.Directories directories -> start(settings, directories);
      case Source.Cluster cluster -> start(settings, cluster);
    };
  }

  private static NodeAgent start(Settings settings, Source.Directories directories)
      throws IOException {
    var lock = NodeLock.take(settings.announcements());
    var enrolments = FileEnrolments.in(directories.enrolments(), settings.node());
    var source = DirectorySource.watch(directories.config());
    var agent = agent(settings, source, enrolments);
    var status = StatusServer.listen(settings.statusPort(), agent::status);
    agent.start();
    var announcements = announcements(settings, agent);
    return new NodeAgent(List.of(announcements, agent, status, source::close, lock), agent, status);
  }

  private static NodeAgent start(Settings settings, Source.Cluster cluster)
      throws IOException, InterruptedException {
    var lock = NodeLock.take(settings.announcements());
    var node = ClusterNode.join(settings.node(), cluster, System.getenv());
    var enrolments = node.enrolments();
    var agent = agent(settings, node.pods(), enrolments);
    var status = StatusServer.listen(settings.statusPort(), agent::status);
    agent.start();
    var announcements = announcements(settings, agent);
    node.admitNewPods(plan(settings), agent);
    node.expectRemoval(() -> {
      agent.close();
      return clean(settings, enrolments, node.pods().snapshot());
    });
    return new NodeAgent(List.of(announcements, agent, status, node, lock), agent, status);
  }

  private static Agent agent(Settings settings, ResourceSource source, Enrolments enrolments) {
    return new Agent(
        source,
        plan(settings),
        rules(settings),
        enrolments,
        settings.marksProbes(),
        pace(settings));
  }

  /** Last: a proxy that connects is told all pods, so we must know them. */
  private static ZdsServer announcements(Settings settings, Agent agent) throws IOException {
    return ZdsServer.listen(settings.announcements(), agent::arrived, ZDS_DEADLINE);
  }

  /** Takes away what an agent made on this node; returns the number of pods where that failed. */
  static int uninstall(Settings settings) throws IOException, InterruptedException {
    return switch (settings.source()) {
      case Source.Directories(var config, var directory) -> {
        var enrolments = FileEnrolments.in(directory, settings.node());
        try (var source = DirectorySource.watch(config)) {
          yield clean(settings, enrolments, source.snapshot());
        }
      }
      case Source.Cluster cluster -> {
        try (var node = ClusterNode.join(settings.node(), cluster, System.getenv())) {
          node.dismissPlugin();
          yield clean(settings, node.enrolments(), node.pods().snapshot());
        }
      }
    };
  }

  private static int clean(Settings settings, Enrolments enrolments, ResourceSnapshot snapshot)
      throws IOException {
    return new Uninstall(rules(settings), enrolments, pace(settings), settings.drain())
        .run(snapshot, plan(settings));
  }

  private static EnrolmentPlan plan(Settings settings) {
    return new EnrolmentPlan(settings.node(), settings.excludedNamespaces(), settings.dns());
  }

  private static RedirectRules rules(Settings settings) {
    return switch (settings.backend()) {
      case NFTABLES -> new NftablesRules(settings.probeSource());
      case IPTABLES -> new IptablesRules(settings.probeSource());
    };
  }

  private static Pace pace(Settings settings) {
    Pace standard = Pace.STANDARD;
    return new Pace(
        settings.settle(), standard.firstRetry(), standard.longestRetry(), settings.check());
  }

  public AgentStatus status() {
    return agent.status();
  }

  /** Where readiness and metrics are. */
  public int statusPort() {
    return statusServer.port();
  }

  /** Returns when the agent cannot go on in this process; not if it was stopped. */
  void awaitFailure() throws InterruptedException {
    agent.awaitFailure();
  }

  /** Stops; pods stay in the mesh. */
  @Override
  public void close() throws IOException {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (IOException failure) {
        throw failure;
      } catch (Exception failure) {
        throw new IOException(failure);
      }
    }
  }
}
