package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.authority.Authority;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootChangeTest {
  @TempDir private Path home = Path.of("");

  @Test
  void rootsChangedByAnotherProcessAreToldAndOurOwnCertificateFollowsBeforeTheOldOneGoes()
      throws Exception {
    try (RunningPlane plane = RunningPlane.start(home, Map.of())) {
      Authority other =
          Authority.open(home.resolve("ca"), TrustDomain.parse("cluster.local"), Clock.systemUTC());
      String old = other.activeRoot();
      String issuer = issuer(plane.plane.port());

      String next = other.addRoot();
      await(() -> roots() == 2);
      other.switchRoot(next);
      await(() -> !issuer(plane.plane.port()).equals(issuer));
      other.dropRoot(old);
      await(() -> roots() == 1);
    }
  }

  private long roots() throws IOException {
    return Files.readString(home.resolve("root-cert.pem"))
        .lines()
        .filter(line -> line.contains("BEGIN"))
        .count();
  }

  /** The key that signed the intermediate of the server's certificate. */
  private static String issuer(int port) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLSv1.3");
    tls.init(null, new TrustManager[] {new Believer()}, null);
    try (SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      X509Certificate intermediate = (X509Certificate) socket.getSession().getPeerCertificates()[1];
      return java.util.HexFormat.of().formatHex(intermediate.getExtensionValue("2.5.29.35"));
    }
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime() - end).as("not so after 10 s").isNegative();
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static final class Believer implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
