package dev.marrow.it.foreign;

import static dev.marrow.it.foreign.TwoHosts.FAR;
import static dev.marrow.it.foreign.TwoHosts.NEAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.marrow.linux.Netns;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our node proxy with a peer that nobody of us wrote, once on either side. */
class ForeignPeersIT {
  private static final Path MARROW =
      Path.of(System.getProperty("marrow.home", ".."), "cli/target/marrow/bin/marrow")
          .toAbsolutePath()
          .normalize();
  private static final String APP = "http://" + FAR.address() + ":8080/";
  private static final Path NGHTTPX = Path.of("/usr/sbin/nghttpx");
  private static final int PAYLOAD_BYTES = 20_000_000;

  @TempDir Path folder;
  private TwoHosts hosts;
  private HttpServer app;

  @BeforeEach
  void start() throws Exception {
    hosts = TwoHosts.open(folder);
    Authority authority = Authority.in(folder, "ca");
    authority.issue("client", "client");
    authority.issue("server", "server");
    Files.writeString(
        folder.resolve("mesh.yaml"), workload("client", NEAR) + workload("server", FAR));
    byte[] payload = new byte[PAYLOAD_BYTES];
    new SplittableRandom(1).nextBytes(payload);
    Files.write(folder.resolve("payload"), payload);
    try (Netns far = hosts.netns(FAR)) {
      app = far.call(() -> HttpServer.create(new InetSocketAddress(FAR.address(), 8080), 50));
    }
    app.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    app.start();
  }

  @AfterEach
  void stop() throws Exception {
    app.stop(0);
    hosts.close();
  }

  private static String workload(String name, TwoHosts.Host host) {
    return """
    %s- uid: Kubernetes//Pod/default/%s
      name: %s
      namespace: default
      serviceAccount: %s
      trustDomain: cluster.local
      protocol: HBONE
      workloadIps: [%s]
      node: %s
      services: {}
    """
        .formatted(host == NEAR ? "workloads:\n" : "", name, name, name, host.address(), name);
  }

  private void startOurs(TwoHosts.Host host, String name) throws IOException {
    Process proxy =
        hosts.start(
            host,
            name,
            Map.ofEntries(
                Map.entry("PROXY_MODE", "dedicated"),
                Map.entry("PROXY_WORKLOAD_INFO", "default/" + name + "/" + name),
                Map.entry("LOCAL_XDS_PATH", folder.resolve("mesh.yaml").toString()),
                Map.entry("XDS_ADDRESS", ""),
                Map.entry("FAKE_CA", "true"),
                Map.entry("FAKE_CA_ROOT", folder.resolve("ca.pem").toString()),
                Map.entry("FAKE_CA_KEY", folder.resolve("ca.key").toString()),
                Map.entry("NODE_NAME", name),
                // Nothing here routes answers back to a proxy that dials as somebody else.
                Map.entry("ENABLE_ORIG_SRC", "false"),
                Map.entry("UNSTABLE_ENABLE_SOCKS5", "true"),
                Map.entry("ISTIO_META_DNS_CAPTURE", "false")),
            MARROW.toString(),
            "run",
            "ztunnel");
    hosts.awaitListening(host, 15008, proxy);
  }

  /** Sends the payload from near, and returns the status; the echo has to be the same. */
  private String echo(String... way) throws IOException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "60"));
    command.addAll(List.of(way));
    command.addAll(List.of("--data-binary", "@" + folder.resolve("payload")));
    command.addAll(List.of("-o", folder.resolve("echo").toString(), "-w", "%{http_code}", APP));
    String said = hosts.run(NEAR, command.toArray(String[]::new)).text();
    if (said.equals("200")) {
      assertThat(Files.mismatch(folder.resolve("payload"), folder.resolve("echo"))).isEqualTo(-1);
    }
    return said;
  }

  @Test
  void apacheHttpdServesTheTunnelsOfOurProxy() throws Exception {
    assumeTrue(Httpd.installed(), "no Apache httpd");
    Path conf = Httpd.configure(folder, FAR.address() + ":15008");
    Process httpd =
        hosts.start(FAR, "httpd", Map.of(), "apache2", "-f", conf.toString(), "-DFOREGROUND");
    hosts.awaitListening(FAR, 15008, httpd);
    startOurs(NEAR, "client");

    assertThat(echo("--socks5", "127.0.0.1:15080")).isEqualTo("200");

    assertThat(hosts.awaitLine("client", "connection complete"))
        .contains(
            "dst.addr=198.18.254.2:15008",
            "dst.hbone_addr=198.18.254.2:8080",
            "dst.identity=\"spiffe://cluster.local/ns/default/sa/server\"")
        .doesNotContain("error=");
  }

  @Test
  void ourProxyRefusesAnHttpdThatIsSomebodyElse() throws Exception {
    assumeTrue(Httpd.installed(), "no Apache httpd");
    new Authority(folder, Authority.in(folder, "other").mint()).issue("server", "server");
    Path conf = Httpd.configure(folder, FAR.address() + ":15008");
    Process httpd =
        hosts.start(FAR, "httpd", Map.of(), "apache2", "-f", conf.toString(), "-DFOREGROUND");
    hosts.awaitListening(FAR, 15008, httpd);
    startOurs(NEAR, "client");

    assertThat(echo("--socks5", "127.0.0.1:15080")).doesNotContain("200");

    hosts.awaitLine("client", "error=\"identity error: UNKNOWN_CA");
  }

  @Test
  void nghttpxOpensTunnelsToOurProxy() throws Exception {
    assumeTrue(Files.exists(NGHTTPX), "no nghttpx");
    startOurs(FAR, "server");
    Process nghttpx =
        hosts.start(
            NEAR,
            "nghttpx",
            Map.of(),
            NGHTTPX.toString(),
            "--conf=/dev/null",
            "--http2-proxy",
            "-f",
            "127.0.0.1,3128;no-tls",
            "-b",
            FAR.address() + ",15008;;proto=h2;tls",
            "--client-private-key-file=" + folder.resolve("client.key"),
            "--client-cert-file=" + folder.resolve("client.pem"),
            "--cacert=" + folder.resolve("ca.pem"),
            "--insecure",
            "--workers=1");
    hosts.awaitListening(NEAR, 3128, nghttpx);

    assertThat(echo("-p", "-x", "http://127.0.0.1:3128")).isEqualTo("200");

    assertThat(hosts.awaitLine("server", "connection complete"))
        .contains(
            // When its client goes nghttpx resets the stream: a word in the log, no error of ours.
            "\twarn\taccess\t",
            "src.identity=\"spiffe://cluster.local/ns/default/sa/client\"",
            "dst.hbone_addr=198.18.254.2:8080");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          -tls1_2, client,  h2,       NO_COMMON_PARAMETERS
          -tls1_3, '',      h2,       NO_CERTIFICATE
          -tls1_3, wrong,   h2,       UNKNOWN_CA
          -tls1_3, client,  http/1.1, NO_APPLICATION_PROTOCOL
          """)
  void opensslIsRefusedWhatIsNotInOrder(String version, String who, String alpn, String reason)
      throws Exception {
    Authority.in(folder, "other").issue("wrong", "client");
    startOurs(FAR, "server");
    assertThat(openssl("-tls1_3", "client", "h2"))
        .as("what is in order")
        .contains("ALPN protocol: h2", "Verification: OK")
        .doesNotContain("alert");

    assertThat(openssl(version, who, alpn)).contains("alert");

    hosts.awaitLine("server", "tls handshake failed: " + reason);
  }

  /** Shakes hands and listens for a second: in TLS 1.3 a server refuses a client only then. */
  private String openssl(String version, String who, String alpn) throws IOException {
    String credentials = who.isEmpty() ? "" : "-cert %1$s.pem -key %1$s.key".formatted(who);
    String command =
        "cd %s && sleep 1 | openssl s_client -connect %s:15008 %s -CAfile ca.pem -alpn %s %s 2>&1"
            .formatted(folder, FAR.address(), version, alpn, credentials);
    return hosts.run(NEAR, "sh", "-c", command).text();
  }
}
