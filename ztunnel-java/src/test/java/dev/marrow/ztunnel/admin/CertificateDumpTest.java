package dev.marrow.ztunnel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What istioctl reads of an identity that has no certificate. */
class CertificateDumpTest {
  private static final SpiffeId SHOP = SpiffeId.parse("spiffe://cluster.local/ns/default/sa/shop");

  /** Has none, and answers so. */
  private record None(CompletableFuture<WorkloadCertificate> answer) implements CertificateSource {
    @Override
    public CompletionStage<WorkloadCertificate> certificate(SpiffeId id) {
      return answer;
    }

    @Override
    public Optional<WorkloadCertificate> current(SpiffeId id) {
      return Optional.empty();
    }

    @Override
    public void forget(SpiffeId id) {}

    @Override
    public void onRenewed(Consumer<WorkloadCertificate> listener) {}

    @Override
    public void close() {}
  }

  private static String dump(CompletableFuture<WorkloadCertificate> answer) {
    return Json.write(CertificateDump.certificates(new None(answer), List.of(SHOP)))
        .replaceAll("\\s", "");
  }

  @Test
  void oneThatIsOnItsWayIsInitializing() {
    assertThat(dump(new CompletableFuture<>())).contains("\"state\":\"Initializing\"");
  }

  @Test
  void oneThatCannotBeHadSaysWhy() {
    assertThat(dump(CompletableFuture.failedFuture(new IOException("denied"))))
        .contains("\"state\":\"Unavailable:denied\"");
  }
}
