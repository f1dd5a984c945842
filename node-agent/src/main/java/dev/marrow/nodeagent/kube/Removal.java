package dev.marrow.nodeagent.kube;

import dev.marrow.nodeagent.api.ApiServer;
import dev.marrow.nodeagent.api.Collection;
import dev.marrow.nodeagent.api.CollectionWatch;
import dev.marrow.nodeagent.api.Follower;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How an uninstallation reaches all nodes while the agents still run and still have their rights: a
 * ConfigMap appears, each agent cleans its node once and writes there that it has, and somebody
 * waits for all of them. Thread-safe.
 */
public final class Removal implements AutoCloseable {
  private static final String NAME = "marrow-removal";
  private static final String AGENTS = "labelSelector=app%3Dmarrow-node-agent";
  private static final Logger log = LoggerFactory.getLogger(Removal.class);
  private static final JsonMapper JSON = new JsonMapper();

  /** Cleans the node; returns the number of pods where that failed. */
  public interface Cleaning {
    int run() throws IOException;
  }

  private final ApiServer server;
  private final String namespace;
  private final String node;
  private final Cleaning cleaning;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CollectionWatch watch;

  private Removal(ApiServer server, String namespace, String node, Cleaning cleaning) {
    this.server = server;
    this.namespace = namespace;
    this.node = node;
    this.cleaning = cleaning;
    String one = "fieldSelector=metadata.name%3D" + NAME;
    this.watch = CollectionWatch.start(server, new Collection(maps(namespace), one), new Waiting());
  }

  static Removal expect(ApiServer server, String namespace, String node, Cleaning cleaning) {
    return new Removal(server, namespace, node, cleaning);
  }

  private static String maps(String namespace) {
    return "/api/v1/namespaces/" + namespace + "/configmaps";
  }

  private final class Waiting implements Follower {
    @Override
    public void all(List<JsonNode> objects) {
      objects.forEach(this::changed);
    }

    @Override
    public void changed(JsonNode object) {
      if (begun.compareAndSet(false, true)) {
        Thread.ofPlatform().name("removal").start(Removal.this::clean);
      }
    }

    @Override
    public void removed(JsonNode object) {
      // Too late to stay.
    }
  }

  private void clean() {
    String outcome;
    try {
      int failures = cleaning.run();
      outcome = failures == 0 ? "clean" : failures + " pods not cleaned, see the agent's log";
    } catch (IOException | RuntimeException failure) {
      outcome = "failed: " + failure.getMessage();
    }
    log.info("removal from this node: {}", outcome);
    var report = JSON.createObjectNode();
    report.putObject("data").put(node, outcome);
    try {
      server.merge(maps(namespace) + "/" + NAME, report);
    } catch (IOException failure) {
      log.warn("removal cannot be reported: {}", failure.getMessage());
    }
  }

  /** Waits until every node with a running agent has reported; returns those that have not. */
  public static Set<String> await(ApiServer server, String namespace, Duration limit)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    Set<String> missing = missing(server, namespace);
    while (!missing.isEmpty() && System.nanoTime() - end < 0) {
      Thread.sleep(Duration.ofMillis(500));
      missing = missing(server, namespace);
    }
    return missing;
  }

  private static Set<String> missing(ApiServer server, String namespace) throws IOException {
    Set<String> nodes = new TreeSet<>();
    for (JsonNode pod :
        server.get("/api/v1/namespaces/" + namespace + "/pods?" + AGENTS).path("items")) {
      if (pod.path("status").path("phase").stringValue("").equals("Running")) {
        nodes.add(pod.path("spec").path("nodeName").stringValue(""));
      }
    }
    JsonNode reports = server.get(maps(namespace) + "/" + NAME).path("data");
    reports
        .properties()
        .forEach(report -> {
          if (nodes.remove(report.getKey())) {
            log.debug("{}: {}", report.getKey(), report.getValue());
          }
        });
    return nodes;
  }

  @Override
  public void close() {
    watch.close();
  }
}
