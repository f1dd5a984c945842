package dev.marrow.conformance.cases;

import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.TlsOffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;

/** Offers that show a minted chain: what the cases of groups B and C have in common. */
final class Show {
  private Show() {}

  static TlsOffer leaf(Bench bench, LeafSpec spec) {
    return TlsOffer.standard(bench.mint().issue(spec));
  }

  static Svid server(Bench bench, LeafSpec spec) {
    return bench.mint().issue(spec);
  }

  static TlsOffer valid(Bench bench, Duration from, Duration until) {
    return leaf(bench, bench.leaf().valid(from, until));
  }

  static LeafSpec intermediate() {
    return LeafSpec.intermediate("O=conformance,CN=intermediate");
  }

  static TlsOffer below(Bench bench, LeafSpec intermediate) {
    return TlsOffer.standard(bench.mint().intermediate(intermediate).issue(bench.leaf()));
  }

  static TlsOffer leafOnly(Bench bench, LeafSpec intermediate) {
    Svid whole = bench.mint().intermediate(intermediate).issue(bench.leaf());
    return TlsOffer.standard(new Svid(whole.chain().subList(0, 1), whole.key()));
  }

  static TlsOffer impostor(Bench bench) {
    return TlsOffer.standard(Mint.root(bench.mint().subject()).issue(bench.leaf()));
  }

  static TlsOffer tooDeep(Bench bench) {
    Mint limited = bench.mint().intermediate(intermediate().pathLength(0));
    return TlsOffer.standard(
        limited.intermediate(LeafSpec.intermediate("O=conformance,CN=below")).issue(bench.leaf()));
  }

  static TlsOffer constrained(Bench bench) {
    GeneralSubtree other =
        new GeneralSubtree(
            new GeneralName(GeneralName.uniformResourceIdentifier, "elsewhere.example"));
    try {
      byte[] permitted = new NameConstraints(new GeneralSubtree[] {other}, null).getEncoded();
      return below(bench, intermediate().extension(Extension.nameConstraints, true, permitted));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TlsOffer longChain(Bench bench, int length) {
    Svid good = bench.mint().issue(bench.leaf());
    List<byte[]> chain = new ArrayList<>(good.chain());
    byte[] filler = Mint.root("O=conformance,CN=filler").certificate();
    while (chain.size() < length) {
      chain.add(filler);
    }
    return TlsOffer.standard(new Svid(chain, good.key()));
  }

  /** One bit turned over; a negative position counts from the end. */
  static TlsOffer flipped(Bench bench, int position) {
    Svid good = bench.mint().issue(bench.leaf());
    byte[] der = good.chain().getFirst().clone();
    der[position < 0 ? der.length + position : position] ^= 1;
    return TlsOffer.standard(new Svid(replaceLeaf(good, der), good.key()));
  }

  static TlsOffer mangled(Bench bench, boolean longer) {
    Svid good = bench.mint().issue(bench.leaf());
    byte[] der = good.chain().getFirst();
    byte[] wrong = Arrays.copyOf(der, longer ? der.length + 4 : der.length - 4);
    return TlsOffer.standard(new Svid(replaceLeaf(good, wrong), good.key()));
  }

  private static List<byte[]> replaceLeaf(Svid svid, byte[] leaf) {
    List<byte[]> chain = new ArrayList<>(svid.chain());
    chain.set(0, leaf);
    return chain;
  }
}
