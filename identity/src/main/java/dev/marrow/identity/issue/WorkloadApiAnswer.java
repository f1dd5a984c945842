package dev.marrow.identity.issue;

import com.google.protobuf.ByteString;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.Verdict;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.issue.Issue.NotIssued;
import io.spiffe.bundle.x509bundle.X509Bundle;
import io.spiffe.exception.X509BundleException;
import io.spiffe.exception.X509SvidException;
import io.spiffe.svid.x509svid.X509Svid;
import io.spiffe.workloadapi.grpc.Workload.X509SVID;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDResponse;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a message of the Workload API (§5.2), whole or not at all. Thread-safe. */
final class WorkloadApiAnswer {
  private final SvidVerifier verifier;

  /** What a message turned out to be. */
  sealed interface Checked {
    record Good(List<WorkloadCertificate> certificates) implements Checked {}

    record Bad(NotIssued why) implements Checked {}
  }

  WorkloadApiAnswer(Clock clock) {
    this.verifier = SvidVerifier.of(clock);
  }

  Checked check(X509SVIDResponse message) {
    List<WorkloadCertificate> certificates = new ArrayList<>();
    try {
      Map<TrustDomain, Set<X509Certificate>> federated = new HashMap<>();
      for (Map.Entry<String, ByteString> bundle : message.getFederatedBundlesMap().entrySet()) {
        TrustDomain domain = domain(bundle.getKey());
        federated.put(domain, roots(domain, bundle.getValue()));
      }
      for (X509SVID svid : message.getSvidsList()) {
        certificates.add(certificate(svid, federated));
      }
    } catch (X509SvidException | X509BundleException | IllegalArgumentException malformed) {
      return bad(String.valueOf(malformed.getMessage()));
    }
    return certificates.isEmpty() ? bad("no certificates") : new Checked.Good(certificates);
  }

  private WorkloadCertificate certificate(
      X509SVID svid, Map<TrustDomain, Set<X509Certificate>> federated)
      throws X509SvidException, X509BundleException {
    SpiffeId id = SpiffeId.parse(svid.getSpiffeId());
    X509Svid parsed =
        X509Svid.parseRaw(svid.getX509Svid().toByteArray(), svid.getX509SvidKey().toByteArray());
    Map<TrustDomain, Set<X509Certificate>> domains = new HashMap<>(federated);
    domains.put(id.trustDomain(), roots(id.trustDomain(), svid.getBundle()));
    TrustBundle trust = new TrustBundle(domains);
    return switch (verifier.verify(parsed.getChain(), PeerRole.SERVER, trust)) {
      case Verdict.Verified verified when verified.id().equals(id) ->
          new WorkloadCertificate(id, parsed.getChain(), parsed.getPrivateKey(), trust);
      case Verdict.Verified verified ->
          throw new IllegalArgumentException(
              "certificate for %s (expected: %s)".formatted(verified.id(), id));
      case Verdict.Refused(var why, String detail) ->
          throw new IllegalArgumentException("%s: %s: %s".formatted(id, why, detail));
    };
  }

  private static Set<X509Certificate> roots(TrustDomain domain, ByteString der)
      throws X509BundleException {
    return X509Bundle.parse(io.spiffe.spiffeid.TrustDomain.parse(domain.name()), der.toByteArray())
        .getX509Authorities();
  }

  // The key of a federated bundle is a trust domain's id, or only its name.
  private static TrustDomain domain(String key) {
    return TrustDomain.parse(
        key.startsWith("spiffe://") ? key.substring("spiffe://".length()) : key);
  }

  private static Checked bad(String detail) {
    return new Checked.Bad(new NotIssued(Issue.Reason.BAD_ANSWER, detail));
  }
}
