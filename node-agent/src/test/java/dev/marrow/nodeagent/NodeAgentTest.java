package dev.marrow.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.redirect.Listener;
import dev.marrow.nodeagent.redirect.Listener.Conversation;
import dev.marrow.nodeagent.redirect.TwoNamespaces;
import dev.marrow.nodeagent.settings.Settings;
import dev.marrow.nodeagent.settings.SettingsReader;
import dev.marrow.ztunnel.capture.ZdsClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole agent on a pod of its own, with the node proxy's sockets in the pod: what an
 * application and its peers notice of coming in and going out. Needs root.
 */
class NodeAgentTest {
  private static final String AMBIENT = "istio.io/dataplane-mode: ambient";

  @TempDir Path dir;
  private TwoNamespaces net;
  private Cluster cluster;
  private PlainProxies proxies;

  @BeforeEach
  void make() throws Exception {
    net = TwoNamespaces.make();
    cluster = new Cluster(dir.resolve("objects"));
    proxies = new PlainProxies();
    cluster.pod("n1", "shop", "web-1", net.podPath());
  }

  @AfterEach
  void close() throws Exception {
    if (net != null) {
      proxies.close();
      net.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void labelAndUnlabelLoseNoConnectionAndNoRequest(String backend) throws Exception {
    Settings settings = settings(backend);
    try (var agent = NodeAgent.start(settings);
        var client = connect(settings);
        var server = Listener.in(net.node(), 8080, "server");
        var app = Listener.in(net.pod(), 8080, "app");
        var before = Conversation.from(net.pod(), TwoNamespaces.NODE, 8080);
        var requests = new Requests(net)) {
      before.hear();
      requests.start();

      label(AMBIENT);
      await(() -> agent.status().enrolled() == 1);
      assertThat(before.say("still")).isEqualTo("still");
      try (var during = Conversation.from(net.pod(), TwoNamespaces.NODE, 8080);
          var in = Conversation.from(net.node(), TwoNamespaces.POD, 8080, TwoNamespaces.CLIENT)) {
        // The proxy dials from the node's side of the pod; the app sees the client itself.
        assertThat(during.hear()).startsWith("server");
        assertThat(in.hear()).isEqualTo("app " + TwoNamespaces.CLIENT);
        await(() -> proxies.outbound() > 0 && proxies.inbound() > 0);

        label("");
        await(() -> agent.status().enrolled() == 0 && agent.status().leaving() == 0);

        assertThat(before.say("still here")).isEqualTo("still here");
        assertThat(during.say("me too")).isEqualTo("me too");
        assertThat(in.say("me three")).isEqualTo("me three");
      }
      assertThat(requests.failures()).isEmpty();
      assertThat(requests.count()).isPositive();
      assertThat(client.status().active()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void aRestartKeepsEverythingAndUninstallLeavesNothing(String backend) throws Exception {
    Settings settings = settings(backend);
    label(AMBIENT);
    try (var client = connect(settings);
        var app = Listener.in(net.pod(), 8080, "app");
        var server = Listener.in(net.node(), 8080, "server")) {
      String before = ruleset(net.pod());
      try (var agent = NodeAgent.start(settings)) {
        await(() -> agent.status().enrolled() == 1);
      }
      String enrolled = ruleset(net.pod());

      try (var agent = NodeAgent.start(settings);
          var conversation = Conversation.from(net.pod(), TwoNamespaces.NODE, 8080)) {
        await(() -> agent.status().enrolled() == 1 && client.status().ready());
        assertThat(conversation.hear()).startsWith("server");
        assertThat(ruleset(net.pod())).isEqualTo(enrolled).isNotEqualTo(before);
        assertThat(get(agent, "/healthz/ready")).startsWith("ready\n");
        assertThat(get(agent, "/metrics")).contains("marrow_node_agent_pods{state=\"enrolled\"} 1");
      }

      assertThat(NodeAgent.uninstall(settings)).isZero();
      assertThat(ruleset(net.pod()))
          .doesNotContain("0x111", "0x00000111", "15001", "lookup 100", "table 100");
      assertThat(dir.resolve("enrolment")).isEmptyDirectory();
    }
  }

  private void label(String labels) throws IOException {
    cluster.pod("n1", "shop", "web-1", net.podPath(), labels, "");
  }

  private Settings settings(String backend) throws Exception {
    assumeTrue(
        backend.equals("nftables") || Files.isExecutable(Path.of("/usr/sbin/ip6tables-restore")),
        "needs iptables");
    return SettingsReader.read(
        Map.of(
            "NODE_NAME",
            "n1",
            "MARROW_CONFIG",
            dir.resolve("objects") + ":" + dir.resolve("enrolment"),
            "MARROW_ENROLMENT_DIR",
            dir.resolve("enrolment").toString(),
            "INPOD_UDS",
            dir.resolve("run/ztunnel.sock").toString(),
            "REDIRECT_BACKEND",
            backend,
            "HOST_PROBE_SNAT",
            "false",
            "MARROW_SETTLE_MILLIS",
            "100",
            "MARROW_STATUS_PORT",
            "0"));
  }

  private ZdsClient connect(Settings settings) {
    var client = new ZdsClient(settings.announcements(), proxies, why -> {});
    client.start();
    return client;
  }

  private static String ruleset(Netns netns) throws IOException {
    // Rules made by iptables print their counters whatever nft is told.
    return run(netns, "nft", "list", "ruleset").replaceAll("packets \\d+ bytes \\d+", "")
        + run(netns, "ip", "rule")
        + run(netns, "ip", "route", "show", "table", "all");
  }

  private static String run(Netns netns, String... command) throws IOException {
    return dev.marrow.linux.Command.of(command).runIn(netns).output();
  }

  private static String get(NodeAgent agent, String path) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:" + agent.statusPort() + path);
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
