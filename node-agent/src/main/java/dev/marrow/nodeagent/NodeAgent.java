package dev.marrow.nodeagent;

import dev.marrow.nodeagent.admin.StatusServer;
import dev.marrow.nodeagent.enrol.Agent;
import dev.marrow.nodeagent.enrol.AgentStatus;
import dev.marrow.nodeagent.enrol.FileEnrolments;
import dev.marrow.nodeagent.enrol.Pace;
import dev.marrow.nodeagent.enrol.Uninstall;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.nodeagent.redirect.IptablesRules;
import dev.marrow.nodeagent.redirect.NftablesRules;
import dev.marrow.nodeagent.redirect.RedirectRules;
import dev.marrow.nodeagent.settings.Settings;
import dev.marrow.nodeagent.zds.ZdsServer;
import dev.marrow.resources.DirectorySource;
import java.io.IOException;
import java.time.Duration;

/** All wiring of the node agent, top to bottom. Thread-safe. */
public final class NodeAgent implements AutoCloseable {
  private static final Duration ZDS_DEADLINE = Duration.ofSeconds(5);

  private final DirectorySource source;
  private final Agent agent;
  private final StatusServer statusServer;
  private final ZdsServer announcements;

  private NodeAgent(
      DirectorySource source, Agent agent, StatusServer statusServer, ZdsServer announcements) {
    this.source = source;
    this.agent = agent;
    this.statusServer = statusServer;
    this.announcements = announcements;
  }

  public static NodeAgent start(Settings settings) throws IOException {
    var enrolments = FileEnrolments.in(settings.enrolments(), settings.node());
    var source = DirectorySource.watch(settings.config());
    var agent =
        new Agent(
            source,
            plan(settings),
            rules(settings),
            enrolments,
            settings.marksProbes(),
            pace(settings));
    var status = StatusServer.listen(settings.statusPort(), agent::status);
    agent.start();
    // Last: a proxy that connects is told all pods, so we must know them.
    var announcements = ZdsServer.listen(settings.announcements(), agent::arrived, ZDS_DEADLINE);
    return new NodeAgent(source, agent, status, announcements);
  }

  /** Takes away what an agent made on this node; returns the number of pods where that failed. */
  static int uninstall(Settings settings) throws IOException {
    var enrolments = FileEnrolments.in(settings.enrolments(), settings.node());
    try (var source = DirectorySource.watch(settings.config())) {
      return new Uninstall(rules(settings), enrolments, pace(settings))
          .run(source.snapshot(), plan(settings));
    }
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

  /** Stops; pods stay in the mesh. */
  @Override
  public void close() throws IOException {
    announcements.close();
    agent.close();
    statusServer.close();
    source.close();
  }
}
