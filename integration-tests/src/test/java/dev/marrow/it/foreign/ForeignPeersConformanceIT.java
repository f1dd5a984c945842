package dev.marrow.it.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.marrow.conformance.Result;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.report.ReportReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kit against servers that nobody of us wrote, a few cases each: those that every peer passes,
 * and those that are known to differ. Each in a network namespace without a way out, because some
 * are open relays. Envoy is looked for in {@code ENVOY} and on the path.
 */
class ForeignPeersConformanceIT {
  private static final String OF_TUNNELS =
      "TLS-01,TLS-04,CRT-05,CRT-06,CRT-08,SVID-03,CON-09,TUN-01,TUN-05";
  private static final String OF_TLS = "TLS-01,TLS-04,TLS-20,CRT-05,CRT-06,CRT-08,CRT-12";

  @TempDir Path folder;

  private Map<String, String> judge(String server, int port, String profile, String cases)
      throws Exception {
    assumeTrue(new ProcessBuilder("unshare", "--net", "true").start().waitFor() == 0, "not root");
    writeCertificates();
    String script =
        """
        cd "$0"; ip link set lo up
        %s
        for i in $(seq 100); do ss -ltn | grep -q ':%d ' && break; sleep 0.1; done
        "$1" -cp "$2" dev.marrow.conformance.command.Conform run 127.0.0.1:%d --profile %s \
          --bundle ca.pem --ca-key ca.key --only %s --out out
        """
            .formatted(server, port, port, profile, cases);
    // The PID namespace ends the server with the script.
    Process run =
        new ProcessBuilder(
                "unshare",
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
                "sh",
                "-c",
                script,
                folder.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(run.waitFor(150, TimeUnit.SECONDS)).isTrue();
    return ReportReader.read(folder.resolve("out")).results().stream()
        .collect(Collectors.toMap(r -> r.info().id(), (Result r) -> r.verdict().word()));
  }

  private void writeCertificates() throws IOException {
    Mint authority = Mint.root("O=cluster.local,CN=test authority");
    Svid own = authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/peer"));
    Files.writeString(
        folder.resolve("ca.pem"), PemFiles.pem("CERTIFICATE", authority.certificate()));
    Files.writeString(folder.resolve("ca.key"), authority.keyPem());
    Files.writeString(folder.resolve("server.pem"), PemFiles.chain(own.chain()));
    Files.writeString(
        folder.resolve("server.key"), PemFiles.pem("PRIVATE KEY", own.key().getEncoded()));
  }

  private static Path program(String name, String variable) {
    return Stream.concat(
            Stream.ofNullable(System.getenv(variable)).map(Path::of),
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(each -> Path.of(each, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(Path.of("/nowhere"));
  }

  @Test
  void nghttpxBeforeTinyproxyIsJudgedAsItIs() throws Exception {
    Path nghttpx = program("nghttpx", "NGHTTPX");
    Path tinyproxy = program("tinyproxy", "TINYPROXY");
    assumeTrue(Files.exists(nghttpx) && Files.exists(tinyproxy), "no nghttpx or no tinyproxy");
    Files.writeString(
        folder.resolve("tiny.conf"), "Port 3129\nListen 127.0.0.1\nTimeout 600\nAllow 127.0.0.1\n");

    Map<String, String> words =
        judge(
            tinyproxy
                + " -d -c tiny.conf & "
                + nghttpx
                + " --http2-proxy -f 127.0.0.1,15011 -b 127.0.0.1,3129 --verify-client"
                + " --verify-client-cacert=ca.pem --tls-min-proto-version=TLSv1.3"
                + " server.key server.pem &",
            15011,
            "hbone",
            OF_TUNNELS);

    assertThat(words)
        .containsEntry("TLS-01", "PASS")
        .containsEntry("CRT-05", "PASS")
        .containsEntry("CRT-06", "PASS")
        .containsEntry("TUN-01", "PASS")
        .containsEntry("SVID-03", "FAIL")
        .containsEntry("CON-09", "FAIL")
        .containsEntry("TUN-05", "FAIL");
  }

  @Test
  void envoyIsJudgedAsItIs() throws Exception {
    Path envoy = program("envoy", "ENVOY");
    assumeTrue(Files.exists(envoy), "no envoy");
    try (InputStream in = ForeignPeersConformanceIT.class.getResourceAsStream("envoy.yaml")) {
      Files.copy(java.util.Objects.requireNonNull(in), folder.resolve("envoy.yaml"));
    }

    Map<String, String> words =
        judge(
            envoy + " -c envoy.yaml --log-level error --concurrency 1 &",
            15012,
            "hbone",
            OF_TUNNELS);

    assertThat(words)
        .containsEntry("TLS-01", "PASS")
        .containsEntry("TUN-01", "PASS")
        .containsEntry("SVID-03", "FAIL")
        .containsEntry("CON-09", "FAIL")
        .containsEntry("TUN-05", "FAIL");
    assertThat(words.get("CRT-06")).startsWith("PASS");
    assertThat(words.get("CRT-08")).startsWith("PASS");
  }

  @Test
  void opensslPassesAsAPlainServer() throws Exception {
    assumeTrue(Files.exists(program("openssl", "OPENSSL")), "no openssl");

    Map<String, String> words =
        judge(
            "(while :; do openssl s_server -rev -accept 127.0.0.1:15013 -key server.key -cert server.pem"
                + " -CAfile ca.pem -Verify 5 -verify_return_error -tls1_3 -alpn h2; done) &",
            15013,
            "mtls",
            OF_TLS);

    assertThat(words.values()).allSatisfy(word -> assertThat(word).startsWith("PASS"));
  }

  @Test
  void theTlsOfTheJdkPassesAsAPlainServer() throws Exception {
    Map<String, String> words =
        judge(
            "\"$1\" -cp \"$2\" " + JdkEchoServer.class.getName() + " 15014 &",
            15014,
            "mtls",
            OF_TLS);

    assertThat(words.values()).allSatisfy(word -> assertThat(word).startsWith("PASS"));
  }
}
