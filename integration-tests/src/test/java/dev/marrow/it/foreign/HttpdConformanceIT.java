package dev.marrow.it.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.marrow.conformance.Result;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.report.Report;
import dev.marrow.conformance.report.ReportReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kit against an HBONE server that nobody of us wrote: Apache httpd. It is an open relay, so
 * both run in a network namespace without a way out.
 */
class HttpdConformanceIT {
  private static final String CASES =
      "TLS-01,TLS-12,CRT-05,CRT-06,CRT-08,SVID-03,CON-03,CON-09,TUN-01";

  @Test
  void httpdIsJudgedAsItIs(@TempDir Path folder) throws Exception {
    assumeTrue(Httpd.installed(), "no Apache httpd");
    assumeTrue(new ProcessBuilder("unshare", "--net", "true").start().waitFor() == 0, "not root");
    write(folder);

    Process run = start(folder);

    assertThat(run.waitFor(120, TimeUnit.SECONDS)).isTrue();
    Map<String, String> words = words(ReportReader.read(folder.resolve("out")));
    assertThat(words)
        .containsEntry("TLS-01", "PASS")
        .containsEntry("CRT-06", "PASS")
        .containsEntry("CRT-08", "PASS")
        .containsEntry("TUN-01", "PASS")
        .containsEntry("SVID-03", "FAIL")
        .containsEntry("CON-09", "FAIL");
  }

  private static Map<String, String> words(Report report) {
    return report.results().stream()
        .collect(Collectors.toMap(r -> r.info().id(), (Result r) -> r.verdict().word()));
  }

  private static Process start(Path folder) throws IOException {
    String script =
        """
        ip link set lo up
        apache2 -f "$0/httpd.conf" -DFOREGROUND &
        httpd=$!
        for i in $(seq 50); do ss -ltn | grep -q :15010 && break; sleep 0.1; done
        "$1" -cp "$2" dev.marrow.conformance.command.Conform run 127.0.0.1:15010 \
          --bundle "$0/ca.pem" --ca-key "$0/ca.key" --only %s --out "$0/out"
        kill $httpd
        """
            .formatted(CASES);
    return new ProcessBuilder(
            "unshare",
            "--net",
            "sh",
            "-c",
            script,
            folder.toString(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            System.getProperty("java.class.path"))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  private static void write(Path folder) throws IOException {
    Mint authority = Mint.root("O=cluster.local,CN=test authority");
    Svid own = authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/httpd"));
    Files.writeString(
        folder.resolve("ca.pem"), PemFiles.pem("CERTIFICATE", authority.certificate()));
    Files.writeString(folder.resolve("ca.key"), authority.keyPem());
    Files.writeString(folder.resolve("server.pem"), PemFiles.chain(own.chain()));
    Files.writeString(
        folder.resolve("server.key"), PemFiles.pem("PRIVATE KEY", own.key().getEncoded()));
    Httpd.configure(folder, "127.0.0.1:15010");
  }
}
