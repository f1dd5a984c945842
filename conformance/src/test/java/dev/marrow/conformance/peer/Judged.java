package dev.marrow.conformance.peer;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.cases.Catalogue;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.run.Credentials;
import dev.marrow.conformance.run.Runner;
import dev.marrow.conformance.run.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Runs cases against a peer of its own. */
public final class Judged {
  private Judged() {}

  public static List<Result> results(Predicate<Case> wanted, Defect... defects) throws IOException {
    return results(Profile.HBONE, wanted, defects);
  }

  /** As another kind of endpoint than it is, too. */
  public static List<Result> results(Profile profile, Predicate<Case> wanted, Defect... defects)
      throws IOException {
    Mint authority = Mint.root("O=cluster.local,CN=test authority");
    try (Backend backend = Backend.start(InetAddress.getLoopbackAddress());
        ReferencePeer peer =
            ReferencePeer.start(
                authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/peer")),
                authority,
                defects)) {
      Target target = Target.at(peer.address(), profile).with(peer.hooks());
      Credentials credentials =
          new Credentials(
              Optional.of(authority.issue(LeafSpec.svid(target.identity()))),
              List.of(authority.certificate()),
              Optional.of(authority));
      List<Case> cases = Catalogue.all().stream().filter(wanted).toList();
      return new Runner(target, credentials, backend, true, 1).run(cases, result -> {});
    }
  }
}
