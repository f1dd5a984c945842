package dev.marrow.conformance.run;

import dev.marrow.conformance.Tier;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.Svid;
import java.util.List;
import java.util.Optional;

/**
 * What the kit was given to work with.
 *
 * @param svid a certificate that the target accepts
 * @param bundle the roots that vouch for the target, DER
 * @param mint the test authority, if its key was given
 */
public record Credentials(Optional<Svid> svid, List<byte[]> bundle, Optional<Mint> mint) {
  public Credentials {
    bundle = List.copyOf(bundle);
  }

  public static Credentials none() {
    return new Credentials(Optional.empty(), List.of(), Optional.empty());
  }

  /** With a certificate of the authority, when only that was given. */
  public Credentials completed(String identity) {
    return svid.isEmpty() && mint.isPresent()
        ? new Credentials(mint.map(m -> m.issue(LeafSpec.svid(identity))), bundle, mint)
        : this;
  }

  boolean reach(Tier tier) {
    return switch (tier) {
      case ADDRESS -> true;
      case SVID -> svid.isPresent();
      case AUTHORITY, CONTROL -> svid.isPresent() && mint.isPresent();
    };
  }
}
