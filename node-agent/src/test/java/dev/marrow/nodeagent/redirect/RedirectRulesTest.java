package dev.marrow.nodeagent.redirect;

import static dev.marrow.nodeagent.redirect.Listener.greeting;
import static dev.marrow.nodeagent.redirect.Listener.query;
import static dev.marrow.nodeagent.redirect.TwoNamespaces.NODE;
import static dev.marrow.nodeagent.redirect.TwoNamespaces.NODE_V6;
import static dev.marrow.nodeagent.redirect.TwoNamespaces.POD;
import static dev.marrow.nodeagent.redirect.TwoNamespaces.POD_V6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.plan.Redirection;
import dev.marrow.nodeagent.redirect.Listener.Conversation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the rules do to real traffic; both tools must do the same. Needs root. */
class RedirectRulesTest {
  private static final Redirection ALL = new Redirection(true, true, List.of());

  enum Backend {
    NFTABLES,
    IPTABLES;

    RedirectRules rules() {
      if (this == NFTABLES) {
        return new NftablesRules(ProbeSource.STANDARD);
      }
      assumeTrue(
          Files.isExecutable(Path.of("/usr/sbin/iptables-restore"))
              && Files.isExecutable(Path.of("/usr/sbin/ip6tables-restore")),
          "needs iptables");
      return new IptablesRules(ProbeSource.STANDARD);
    }
  }

  @ParameterizedTest
  @EnumSource
  void newConnectionsOfTheAppGoToTheOutboundListener(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var proxy = Listener.in(net.pod(), 15001, "outbound");
        var server = Listener.in(net.node(), 8080, "server")) {
      assertThat(greeting(net.pod(), NODE, 8080)).startsWith("server");

      backend.rules().redirect(net.pod(), ALL);

      assertThat(greeting(net.pod(), NODE, 8080)).startsWith("outbound");
      assertThat(greeting(net.pod(), NODE_V6, 8080)).startsWith("outbound");
      assertThat(greeting(net.pod(), "127.0.0.1", 15001)).startsWith("outbound");
    }
  }

  @ParameterizedTest
  @EnumSource
  void newConnectionsToTheAppGoToTheInboundListenerButTunnelsToTheirs(Backend backend)
      throws Exception {
    try (var net = TwoNamespaces.make();
        var inbound = Listener.in(net.pod(), 15006, "inbound");
        var tunnel = Listener.in(net.pod(), 15008, "tunnel");
        var app = Listener.in(net.pod(), 8080, "app")) {
      assertThat(greeting(net.node(), POD, 8080)).startsWith("app");

      backend.rules().redirect(net.pod(), ALL);

      assertThat(greeting(net.node(), POD, 8080)).isEqualTo("inbound " + NODE);
      assertThat(greeting(net.node(), POD_V6, 8080)).startsWith("inbound");
      assertThat(greeting(net.node(), POD, 15008)).startsWith("tunnel");
    }
  }

  @ParameterizedTest
  @EnumSource
  void inboundStaysFreeWhereThePodAsksForThat(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var app = Listener.in(net.pod(), 8080, "app")) {
      backend.rules().redirect(net.pod(), new Redirection(false, true, List.of()));

      assertThat(greeting(net.node(), POD, 8080)).startsWith("app");
    }
  }

  @ParameterizedTest
  @EnumSource
  void queriesGoToTheDnsListenerIfAskedFor(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var dns = Listener.udp(net.pod(), 15053, "mesh");
        var dnsTcp = Listener.in(net.pod(), 15053, "mesh");
        var upstream = Listener.udp(net.node(), 53, "upstream")) {
      RedirectRules rules = backend.rules();
      rules.redirect(net.pod(), ALL);
      assertThat(query(net.pod(), NODE, 53)).isEqualTo("mesh");
      assertThat(query(net.pod(), NODE_V6, 53)).isEqualTo("mesh");
      assertThat(greeting(net.pod(), NODE, 53)).startsWith("mesh");

      rules.redirect(net.pod(), new Redirection(true, false, List.of()));
      assertThat(query(net.pod(), NODE, 53)).isEqualTo("upstream");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPodThatCallsItselfIsLeftAlone(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var app = Listener.in(net.pod(), 8080, "app");
        var inbound = Listener.in(net.pod(), 15006, "inbound")) {
      backend.rules().redirect(net.pod(), ALL);

      assertThat(greeting(net.pod(), "127.0.0.1", 8080)).startsWith("app");
      // As with Istio's rules: its own address is not outbound, but comes in.
      assertThat(greeting(net.pod(), POD, 8080)).isIn("inbound " + POD, "app " + POD);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPortThatIsUsedAgainDoesNotSlipPastTheRules(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var proxy = Listener.in(net.pod(), 15001, "outbound");
        var server = Listener.in(net.node(), 8080, "server")) {
      RedirectRules rules = backend.rules();
      rules.redirect(net.pod(), ALL);
      rules.release(net.pod());
      TwoNamespaces.run(net.pod(), "sysctl", "-qw", "net.ipv4.tcp_orphan_retries=1");
      Socket past = connect(net.pod(), 0);
      hear(past);
      int port = endedWithoutAnAnswer(net, past);

      rules.redirect(net.pod(), ALL);

      assertThatThrownBy(() -> connect(net.pod(), port))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("refused");
      assertThat(greeting(net.pod(), NODE, 8080)).startsWith("outbound");
      rules.release(net.pod());
      assertThat(greeting(net.pod(), NODE, 8080)).startsWith("server");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPortOfAConnectionFromBeforeIsRedirectedWhenItIsUsedAgain(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var proxy = Listener.in(net.pod(), 15001, "outbound");
        var server = Listener.in(net.node(), 8080, "server")) {
      TwoNamespaces.run(net.pod(), "sysctl", "-qw", "net.ipv4.tcp_orphan_retries=1");
      Socket old = connect(net.pod(), 0);
      hear(old);

      backend.rules().redirect(net.pod(), ALL);
      old.getOutputStream().write("still\n".getBytes(StandardCharsets.US_ASCII));
      hear(old);
      int port = endedWithoutAnAnswer(net, old);

      try (Socket again = connect(net.pod(), port)) {
        assertThat(hear(again)).startsWith("outbound");
      }
    }
  }

  /** All of a line: with bytes unread, closing would be a reset, which ends the entry. */
  private static String hear(Socket socket) throws IOException {
    var line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c != '\n'; c = socket.getInputStream().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  /** The local port of a connection whose other end was cut off before it could say goodbye. */
  private static int endedWithoutAnAnswer(TwoNamespaces net, Socket open) throws Exception {
    int port = open.getLocalPort();
    try (open) {
      TwoNamespaces.run(net.node(), "ip", "link", "set", "pod0", "down");
    }
    String[] left = {"ss", "-Htan", "sport", "=", ":" + port};
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!TwoNamespaces.run(net.pod(), left).isBlank()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
    TwoNamespaces.run(net.node(), "ip", "link", "set", "pod0", "up");
    return port;
  }

  private static Socket connect(Netns netns, int localPort) throws IOException {
    return netns.call(() -> {
      var socket = new Socket();
      try {
        socket.bind(new InetSocketAddress(POD, localPort));
        socket.setSoTimeout(5000);
        socket.connect(new InetSocketAddress(NODE, 8080), 5000);
        return socket;
      } catch (IOException failed) {
        socket.close();
        throw failed;
      }
    });
  }

  @ParameterizedTest
  @EnumSource
  void connectionsFromBeforeSurviveEnrolmentAndThoseOfItSurviveRelease(Backend backend)
      throws Exception {
    try (var net = TwoNamespaces.make();
        var proxy = Listener.in(net.pod(), 15001, "outbound");
        var inbound = Listener.in(net.pod(), 15006, "inbound");
        var server = Listener.in(net.node(), 8080, "server");
        var app = Listener.in(net.pod(), 8080, "app");
        var out = Conversation.from(net.pod(), NODE, 8080);
        var in = Conversation.from(net.node(), POD, 8080);
        var out6 = Conversation.from(net.pod(), NODE_V6, 8080)) {
      RedirectRules rules = backend.rules();
      assertThat(out.hear()).startsWith("server");
      assertThat(in.hear()).startsWith("app");
      assertThat(out6.hear()).startsWith("server");

      rules.redirect(net.pod(), ALL);
      for (var old : List.of(out, in, out6)) {
        assertThat(old.say("still")).isEqualTo("still");
      }

      try (var redirected = Conversation.from(net.pod(), NODE, 8080);
          var redirectedIn = Conversation.from(net.node(), POD, 8080)) {
        assertThat(redirected.hear()).startsWith("outbound");
        assertThat(redirectedIn.hear()).startsWith("inbound");
        rules.release(net.pod());
        for (var old : List.of(out, in, out6, redirected, redirectedIn)) {
          assertThat(old.say("still here")).isEqualTo("still here");
        }
        assertThat(greeting(net.pod(), NODE, 8080)).startsWith("server");
        assertThat(greeting(net.node(), POD, 8080)).startsWith("app");
        assertThat(rules.redirecting(net.pod())).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void redirectingAgainChangesNothing(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make()) {
      RedirectRules rules = backend.rules();
      rules.redirect(net.pod(), ALL);
      String once = everything(net.pod());

      rules.redirect(net.pod(), ALL);

      assertThat(everything(net.pod())).isEqualTo(once);
      assertThat(rules.redirecting(net.pod())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void removalLeavesNothingBehindAndForeignRulesAlone(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make()) {
      RedirectRules rules = backend.rules();
      TwoNamespaces.run(net.pod(), "nft", "add", "table", "inet", "theirs");
      TwoNamespaces.run(
          net.pod(), "ip", "route", "add", "198.18.90.0/24", "via", NODE, "table", "100");
      rules.redirect(net.pod(), ALL);

      rules.remove(net.pod());
      rules.remove(net.pod());

      String left = everything(net.pod());
      assertThat(left).doesNotContain("0x111", "1500", "ISTIO", "marrow", "local default dev lo");
      assertThat(left).contains("theirs", "198.18.90.0/24");
    }
  }

  @ParameterizedTest
  @EnumSource
  void probesOfTheNodeBypassTheProxyAndNeighboursDoNot(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var app = Listener.in(net.pod(), 8080, "app");
        var inbound = Listener.in(net.pod(), 15006, "inbound")) {
      RedirectRules rules = backend.rules();
      var pod = List.of(InetAddress.ofLiteral(POD), InetAddress.ofLiteral(POD_V6));
      net.node().call(() -> marked(rules, pod));

      rules.redirect(net.pod(), ALL);

      assertThat(greeting(net.node(), POD, 8080)).isEqualTo("app 169.254.7.127");
      assertThat(greeting(net.node(), POD_V6, 8080)).startsWith("app fd16:9254:7127:1337");
      net.node().call(() -> marked(rules, List.of()));
      assertThat(greeting(net.node(), POD, 8080)).startsWith("inbound");
      net.node()
          .call(() -> {
            rules.unmarkProbes();
            return true;
          });
      assertThat(everything(net.node())).doesNotContain("169.254.7.127", "POSTRT", "probes");
    }
  }

  private static boolean marked(RedirectRules rules, List<InetAddress> pods) throws IOException {
    rules.markProbes(pods);
    return true;
  }

  @ParameterizedTest
  @EnumSource
  void trafficOfAVirtualInterfaceCountsAsOutbound(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var outbound = Listener.in(net.pod(), 15001, "outbound")) {
      backend.rules().redirect(net.pod(), new Redirection(true, true, List.of("eth0")));

      assertThat(greeting(net.node(), POD, 8080)).startsWith("outbound");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPodWithoutIpv6IsRedirectedToo(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var outbound = Listener.in(net.pod(), 15001, "outbound");
        var server = Listener.in(net.node(), 8080, "server")) {
      TwoNamespaces.run(net.pod(), "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
      RedirectRules rules = backend.rules();

      rules.redirect(net.pod(), ALL);

      assertThat(greeting(net.pod(), NODE, 8080)).startsWith("outbound");
      rules.remove(net.pod());
      assertThat(greeting(net.pod(), NODE, 8080)).startsWith("server");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereNobodyListensARedirectedConnectionIsRefused(Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var server = Listener.in(net.node(), 8080, "server")) {
      backend.rules().redirect(net.pod(), ALL);

      assertThatThrownBy(() -> greeting(net.pod(), NODE, 8080)).hasMessageContaining("refused");
    }
  }

  private static String everything(Netns netns) throws IOException {
    return TwoNamespaces.run(netns, "nft", "list", "ruleset")
            .replaceAll("packets \\d+ bytes \\d+", "")
        + TwoNamespaces.run(netns, "ip", "rule")
        + TwoNamespaces.run(netns, "ip", "-6", "rule")
        + TwoNamespaces.run(netns, "ip", "route", "show", "table", "all")
        + TwoNamespaces.run(netns, "ip", "-6", "route", "show", "table", "all");
  }
}
