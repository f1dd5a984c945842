package dev.marrow.conformance.junit;

import dev.marrow.conformance.Profile;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.peer.ReferencePeer;
import dev.marrow.conformance.run.Credentials;
import dev.marrow.conformance.run.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;

@SuppressWarnings("NullAway.Init")
class HbonePeerTest {
  private static Backend backend;
  private static ReferencePeer reference;

  static PeerUnderTest peer() throws IOException {
    Mint authority = Mint.root("O=cluster.local,CN=test authority");
    backend = Backend.start(InetAddress.getLoopbackAddress());
    reference =
        ReferencePeer.start(
            authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/peer")), authority);
    Target target = Target.at(reference.address(), Profile.HBONE);
    return new PeerUnderTest(
        target,
        new Credentials(
            Optional.of(authority.issue(LeafSpec.svid(target.identity()))),
            List.of(authority.certificate()),
            Optional.of(authority)),
        backend);
  }

  @AfterAll
  static void close() throws IOException {
    reference.close();
    backend.close();
  }

  @HbonePeer(
      value = "peer",
      only = {"CON", "SVID-03"})
  void aGoodPeerConforms(CaseRun run) {
    run.check();
  }
}
