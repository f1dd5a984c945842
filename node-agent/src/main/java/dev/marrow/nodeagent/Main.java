package dev.marrow.nodeagent;

import dev.marrow.linux.Rlimits;
import dev.marrow.nodeagent.api.Access;
import dev.marrow.nodeagent.api.ApiServer;
import dev.marrow.nodeagent.kube.Removal;
import dev.marrow.nodeagent.settings.InvalidSettings;
import dev.marrow.nodeagent.settings.Settings;
import dev.marrow.nodeagent.settings.SettingsReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program {@code node-agent}. */
public final class Main {
  private static final String HELP =
      """
      usage: node-agent [--uninstall | --await-removal]

      Enrols the pods of one node. Everything is set in the environment: NODE_NAME, MARROW_CONFIG,
      MARROW_ENROLMENT_DIR, INPOD_UDS, REDIRECT_BACKEND and more.

        --uninstall      take away all rules and enrolments of this node, and end
        --await-removal  wait until the agents of all nodes have cleaned up, and end
      """;

  private static final Duration REMOVAL = Duration.ofSeconds(90);

  private Main() {}

  public static void main(String[] args) {
    String words = String.join(" ", args);
    switch (words) {
      case "" -> run(settings());
      case "--uninstall" -> uninstall(settings());
      case "--await-removal" -> awaitRemoval();
      case "--help", "-h", "help" -> System.out.print(HELP);
      default -> {
        System.err.print("unknown arguments: '" + words + "'\n" + HELP);
        System.exit(2);
      }
    }
  }

  private static Settings settings() {
    try {
      Settings settings = SettingsReader.read(System.getenv());
      Logging.start(settings.logLevel());
      return settings;
    } catch (InvalidSettings wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
      throw new IllegalStateException(wrong);
    }
  }

  private static void run(Settings settings) {
    Logger log = LoggerFactory.getLogger(Main.class);
    try {
      Rlimits.raiseOpenFiles();
      NodeAgent agent = NodeAgent.start(settings);
      log.info("node agent of {} listens at {}", settings.node(), settings.announcements());
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> close(agent, log)));
      agent.awaitFailure();
      log.error("the agent has ended; another process goes on, pods stay as they are");
      System.exit(1);
    } catch (IOException failure) {
      log.error("cannot start: {}", failure.getMessage());
      System.exit(1);
    } catch (InterruptedException stop) {
      System.exit(0);
    }
  }

  private static void close(NodeAgent agent, Logger log) {
    try {
      agent.close();
    } catch (IOException failure) {
      log.warn("closing: {}", failure.getMessage());
    }
  }

  private static void uninstall(Settings settings) {
    try {
      System.exit(NodeAgent.uninstall(settings) == 0 ? 0 : 1);
    } catch (IOException failure) {
      LoggerFactory.getLogger(Main.class).error("uninstall: {}", failure.getMessage());
      System.exit(1);
    } catch (InterruptedException stop) {
      System.exit(1);
    }
  }

  /** Ends well even if a node says nothing: one that is broken must not keep the rest installed. */
  private static void awaitRemoval() {
    Logging.start("info");
    Logger log = LoggerFactory.getLogger(Main.class);
    String namespace = System.getenv().getOrDefault("POD_NAMESPACE", "marrow-system");
    try (ApiServer server = ApiServer.at(Access.inCluster(System.getenv()))) {
      Set<String> silent = Removal.await(server, namespace, REMOVAL);
      log.info(silent.isEmpty() ? "all nodes are clean" : "no word from nodes " + silent);
      System.exit(0);
    } catch (IOException failure) {
      log.error("removal: {}", failure.getMessage());
      System.exit(1);
    } catch (InterruptedException stop) {
      System.exit(1);
    }
  }
}
