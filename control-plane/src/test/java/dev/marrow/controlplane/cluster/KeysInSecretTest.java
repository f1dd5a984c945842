package dev.marrow.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.authority.Authority;
import dev.marrow.identity.authority.AuthoritySettings;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.FakeApiServer;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysInSecretTest {
  private static final TrustDomain DOMAIN = TrustDomain.parse("cluster.local");
  private static final String SECRETS = "/api/v1/secrets";

  private FakeApiServer fake;
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    fake = FakeApiServer.start(SECRETS);
    server = ApiServer.at(fake.url());
  }

  @AfterEach
  void stop() {
    server.close();
    fake.close();
  }

  @Test
  void replicasThatStartAtOnceHaveOneRoot() throws Exception {
    List<Future<Set<X509Certificate>>> roots = new ArrayList<>();
    try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        roots.add(replicas.submit(() -> open().roots()));
      }
    }

    for (Future<Set<X509Certificate>> each : roots) {
      assertThat(each.get()).hasSize(1).isEqualTo(roots.getFirst().get());
    }
    assertThat(fake.names(SECRETS)).containsExactly("marrow-system/ca");
  }

  @Test
  void whatOneReplicaRotatesTheOthersSee() {
    Authority one = open();
    Authority two = open();

    String coming = one.addRoot();
    one.switchRoot(coming);
    two.reload();

    assertThat(two.activeRoot()).isEqualTo(coming);
    assertThat(two.roots()).isEqualTo(one.roots()).hasSize(2);
  }

  @Test
  void theSecretSaysWhatItIsForAndShowsNoKeyAsText() {
    open();

    String secret = fake.get(SECRETS, "marrow-system/ca").orElseThrow().toString();
    assertThat(secret).contains("marrow.dev/authority").doesNotContain("PRIVATE KEY");
  }

  private Authority open() {
    return Authority.open(
        new KeysInSecret(server, "marrow-system", "ca"),
        DOMAIN,
        Clock.systemUTC(),
        AuthoritySettings.DEFAULT);
  }
}
