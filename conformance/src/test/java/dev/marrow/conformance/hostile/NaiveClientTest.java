package dev.marrow.conformance.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.cases.Catalogue;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.run.Credentials;
import dev.marrow.conformance.run.Hooks;
import dev.marrow.conformance.run.Runner;
import dev.marrow.conformance.run.Target;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.TlsLink;
import dev.marrow.conformance.wire.TlsOffer;
import dev.marrow.conformance.wire.Transcript;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A client that believes every server and waits for no answer, judged by the kit. */
class NaiveClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Set<String> FOUND_BY =
      Set.of(
          "SRV-02", "SRV-04a", "SRV-04b", "SRV-04d", "SRV-04f", "SRV-04g", "SRV-04h", "SRV-10",
          "SRV-11");

  private final Mint authority = Mint.root("O=cluster.local,CN=test authority");

  @Test
  void aClientThatBelievesEverybodyIsFound() throws Exception {
    Target target =
        Target.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9), Profile.HBONE)
            .with(new Hooks(Map.of("outbound", this::dial)));
    Credentials credentials =
        new Credentials(
            Optional.of(authority.issue(LeafSpec.svid(target.identity()))),
            List.of(authority.certificate()),
            Optional.of(authority));
    List<Case> cases =
        Catalogue.all().stream().filter(each -> FOUND_BY.contains(each.id())).toList();

    List<Result> results;
    try (Backend backend = Backend.start(InetAddress.getLoopbackAddress())) {
      results = new Runner(target, credentials, backend, false, 1).run(cases, result -> {});
    }

    assertThat(results)
        .hasSize(FOUND_BY.size())
        .allSatisfy(result -> assertThat(result.verdict()).isInstanceOf(Verdict.Fail.class));
  }

  private String dial(Map<String, String> environment) {
    String address = environment.getOrDefault("KIT_ADDRESS", "");
    int colon = address.lastIndexOf(':');
    InetSocketAddress server =
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    Transcript transcript = new Transcript();
    TlsOffer offer =
        TlsOffer.standard(
            authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/naive")));
    try (TcpLink tcp = TcpLink.connect(server, PATIENCE, transcript)) {
      H2Link h2 =
          new H2Link(TlsLink.open(tcp, offer, PATIENCE, transcript), transcript).begin(PATIENCE);
      Tunnel tunnel = Tunnel.connect(h2, "198.51.100.1:80");
      tunnel.send(
          environment.getOrDefault("KIT_BYTES", "").getBytes(StandardCharsets.US_ASCII), false);
      tunnel.status(PATIENCE);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
    return "";
  }
}
