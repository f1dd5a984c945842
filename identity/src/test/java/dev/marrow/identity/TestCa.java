package dev.marrow.identity;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A certificate authority for tests. Issues good certificates by {@link #issue} and, through {@link
 * #leaf} and {@link #intermediate}, every kind of broken one.
 */
public final class TestCa {
  private final TrustDomain trustDomain;
  private final Clock clock;
  private final KeyPair key;
  private final X509Certificate certificate;
  private final List<X509Certificate> intermediates;
  private final X509Certificate root;

  private TestCa(
      TrustDomain trustDomain,
      Clock clock,
      KeyPair key,
      X509Certificate certificate,
      List<X509Certificate> intermediates,
      X509Certificate root) {
    this.trustDomain = trustDomain;
    this.clock = clock;
    this.key = key;
    this.certificate = certificate;
    this.intermediates = List.copyOf(intermediates);
    this.root = root;
  }

  /** A root of {@code trustDomain}, for example {@code cluster.local}. */
  public static TestCa of(String trustDomain) {
    return of(trustDomain, Clock.systemUTC());
  }

  /** A root whose certificates' lives are counted from {@code clock}. */
  public static TestCa of(String trustDomain, Clock clock) {
    return of(trustDomain, clock, root -> {});
  }

  /** A root, after {@code change}. */
  public static TestCa of(String trustDomain, Clock clock, Consumer<TestCertificate> change) {
    TrustDomain domain = TrustDomain.parse(trustDomain);
    TestCertificate draft = TestCertificate.ca(clock, "O=" + trustDomain);
    draft.uris("spiffe://" + trustDomain);
    change.accept(draft);
    X509Certificate root = draft.selfSigned();
    return new TestCa(domain, clock, draft.key(), root, List.of(), root);
  }

  /** The trust domain's root, also of an intermediate. */
  public X509Certificate root() {
    return root;
  }

  /** The certificate that signs: the root's or the intermediate's. */
  public X509Certificate certificate() {
    return certificate;
  }

  public KeyPair key() {
    return key;
  }

  public TrustDomain trustDomain() {
    return trustDomain;
  }

  /** Only this root, for its own trust domain. */
  public TrustBundle bundle() {
    return TrustBundle.of(trustDomain, Set.of(root));
  }

  /** This root and those of {@code others}, each for its own trust domain. */
  public TrustBundle bundleWith(TestCa... others) {
    Map<TrustDomain, Set<X509Certificate>> roots = new HashMap<>(bundle().roots());
    Arrays.stream(others).forEach(other -> roots.put(other.trustDomain, Set.of(other.root)));
    return new TrustBundle(roots);
  }

  /** A good certificate for an hour, trusting this root. */
  public WorkloadCertificate issue(String spiffeId) {
    return issue(spiffeId, leaf -> {});
  }

  /** A certificate after {@code change}, trusting this root. */
  public WorkloadCertificate issue(String spiffeId, Consumer<TestCertificate> change) {
    return issue(spiffeId, bundle(), change);
  }

  /** A certificate after {@code change}, trusting {@code trust}. */
  public WorkloadCertificate issue(
      String spiffeId, TrustBundle trust, Consumer<TestCertificate> change) {
    TestCertificate draft = leaf(spiffeId);
    change.accept(draft);
    List<X509Certificate> chain = new ArrayList<>(List.of(draft.signedBy(this)));
    chain.addAll(intermediates);
    return new WorkloadCertificate(
        SpiffeId.parse(spiffeId), chain, draft.key().getPrivate(), trust);
  }

  /** A draft of a good leaf, to be broken and then {@link TestCertificate#signedBy signed}. */
  public TestCertificate leaf(String spiffeId) {
    return TestCertificate.leaf(clock, spiffeId);
  }

  /** A good intermediate of this authority. */
  public TestCa intermediate() {
    return intermediate(ca -> {});
  }

  /** An intermediate of this authority, after {@code change}. */
  public TestCa intermediate(Consumer<TestCertificate> change) {
    TestCertificate draft =
        TestCertificate.ca(clock, "CN=intermediate " + (intermediates.size() + 1));
    change.accept(draft);
    X509Certificate signed = draft.signedBy(this);
    List<X509Certificate> above = new ArrayList<>(List.of(signed));
    above.addAll(intermediates);
    return new TestCa(trustDomain, clock, draft.key(), signed, above, root);
  }

  /** Another key pair for EC or RSA, for example {@code keyPair("EC", 256)}. */
  public static KeyPair keyPair(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm, e);
    }
  }

  /** The life of leafs, from a minute ago on. */
  static final Duration LIFE = Duration.ofHours(1);
}
