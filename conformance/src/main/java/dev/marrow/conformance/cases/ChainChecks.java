package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.LeafSpec.KeyKind;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.run.Attempt;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.run.Judge;
import dev.marrow.conformance.wire.Alert;
import dev.marrow.conformance.wire.TlsOffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks of group B and C that take more than one attempt. */
final class ChainChecks {
  private static final int CROSS_SIGNERS = 12;

  private ChainChecks() {}

  /** Both offers have to be refused; the worse of the two verdicts counts. */
  static Verdict both(Bench bench, TlsOffer first, TlsOffer second, Alert named) {
    Verdict one = Judge.refusedAfterControl(bench, first, named);
    if (one instanceof Verdict.Fail || one instanceof Verdict.Error) {
      return one;
    }
    Verdict two = Judge.refused(bench.attempt(second), named);
    return two instanceof Verdict.Pass ? one : two;
  }

  /** A good leaf below a good authority first: who refuses that too refuses for another reason. */
  static Verdict refusedBelow(Bench bench, TlsOffer offer, Alert... named) {
    Attempt control = bench.attempt(Show.below(bench, Show.intermediate()));
    if (!control.echoed()) {
      return new Verdict.Error("positive control failed (a good intermediate): " + control.how());
    }
    bench.transcript().add("positive control with a good intermediate passed");
    return Judge.refused(bench.attempt(offer), named);
  }

  /** Every offer has to be refused; the first that is not ends the case. */
  static Verdict all(Bench bench, List<TlsOffer> offers) {
    Attempt control = bench.attempt(bench.offer());
    if (!control.echoed()) {
      return new Verdict.Error("positive control failed: " + control.how());
    }
    for (int i = 0; i < offers.size(); i++) {
      Verdict verdict = Judge.refused(bench.attempt(offers.get(i)));
      if (!(verdict instanceof Verdict.Pass)) {
        return new Verdict.Fail(
            "variant %d of %d: %s".formatted(i + 1, offers.size(), verdict.observed()));
      }
    }
    return new Verdict.Pass("%d variants refused".formatted(offers.size()));
  }

  static Verdict oddOrder(Bench bench) {
    Svid good = bench.mint().intermediate(Show.intermediate()).issue(bench.leaf());
    List<byte[]> chain = new ArrayList<>(good.chain());
    chain.add(1, Mint.root("O=conformance,CN=unrelated").certificate());
    Attempt attempt = bench.attempt(TlsOffer.standard(new Svid(chain, good.key())));
    return new Verdict.Recorded(
        attempt.echoed()
            ? "found the path around an unrelated certificate"
            : "refused: " + attempt.how());
  }

  static Verdict keyTypes(Bench bench) {
    for (KeyKind kind : List.of(KeyKind.P256, KeyKind.RSA_2048)) {
      Attempt attempt = bench.attempt(Show.leaf(bench, bench.leaf().key(kind)));
      if (!attempt.echoed()) {
        return new Verdict.Fail("%s not accepted: %s".formatted(kind, attempt.how()));
      }
    }
    StringBuilder also = new StringBuilder();
    for (KeyKind kind : List.of(KeyKind.P384, KeyKind.ED25519)) {
      boolean accepted = bench.attempt(Show.leaf(bench, bench.leaf().key(kind))).echoed();
      also.append(' ').append(kind).append(accepted ? " accepted" : " refused");
    }
    return new Verdict.Pass("P256 and RSA_2048 accepted;" + also);
  }

  /** A leaf with the given URIs instead of the kit's own. */
  static TlsOffer uris(Bench bench, String... uris) {
    LeafSpec spec = LeafSpec.nameless();
    for (String uri : uris) {
      spec.uri(uri);
    }
    return Show.leaf(bench, spec);
  }

  static Verdict crossSigned(Bench bench) {
    if (!bench.attempt(bench.offer()).echoed()) {
      return new Verdict.Error("positive control failed");
    }
    List<Mint> mints = new ArrayList<>();
    for (int i = 0; i < CROSS_SIGNERS; i++) {
      mints.add(Mint.root("O=conformance,CN=one of many"));
    }
    Svid leaf = mints.getFirst().issue(bench.leaf());
    List<byte[]> chain = new ArrayList<>(leaf.chain());
    for (Mint signer : mints) {
      for (int i = 0; i < 3; i++) {
        chain.add(
            signer
                .intermediate(LeafSpec.intermediate("O=conformance,CN=one of many"))
                .certificate());
      }
    }
    Attempt attempt = bench.attempt(TlsOffer.standard(new Svid(chain, leaf.key())));
    Verdict verdict = Judge.refused(attempt);
    boolean slow = attempt.took().compareTo(Duration.ofSeconds(2)) > 0;
    return verdict instanceof Verdict.Pass && slow
        ? new Verdict.Fail("refused, but only after seconds")
        : verdict;
  }
}
