package dev.marrow.conformance.mint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An authority that signs whatever it is asked to, however wrong. Holds a key that the target
 * trusts for the length of a test, so give it a test authority only. Thread-safe.
 */
public final class Mint {
  // Never registered: a kit that runs inside somebody's test must not change their providers.
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X500Name name;
  private final PrivateKey key;
  private final byte[] certificate;
  private final List<byte[]> above;

  private Mint(X500Name name, PrivateKey key, byte[] certificate, List<byte[]> above) {
    this.name = name;
    this.key = key;
    this.certificate = certificate;
    this.above = List.copyOf(above);
  }

  /**
   * Signs with an authority that exists already.
   *
   * @param bundle its certificate first; if another signed it, then what lies above, the root last
   */
  public static Mint of(List<byte[]> bundle, PrivateKey key) {
    var own = org.bouncycastle.asn1.x509.Certificate.getInstance(bundle.getFirst());
    if (!KeyMatch.belongs(bundle.getFirst(), key)) {
      throw new IllegalArgumentException(
          "the key is not that of the authority '%s' (expected: the key of the first certificate of the bundle)"
              .formatted(own.getSubject()));
    }
    boolean root = own.getIssuer().equals(own.getSubject());
    return new Mint(
        own.getSubject(),
        key,
        bundle.getFirst(),
        root ? List.of() : bundle.subList(1, bundle.size()));
  }

  /** A new self-signed root. */
  public static Mint root(String subject) {
    return root(subject, java.time.Duration.ofHours(-1), java.time.Duration.ofDays(30));
  }

  /** A new self-signed root, valid between two times from now. */
  public static Mint root(
      String subject, java.time.Duration notBefore, java.time.Duration notAfter) {
    KeyPair pair = generate(LeafSpec.KeyKind.P256);
    X500Name name = new X500Name(subject);
    LeafSpec spec = LeafSpec.intermediate(subject).valid(notBefore, notAfter);
    byte[] der = sign(spec, name, pair.getPublic(), name, pair.getPrivate());
    return new Mint(name, pair.getPrivate(), der, List.of());
  }

  /** Whether a leaf below another authority below this one can be valid at all. */
  public boolean maySignAuthorities() {
    var extensions =
        org.bouncycastle.asn1.x509.Certificate.getInstance(certificate)
            .getTBSCertificate()
            .getExtensions();
    BasicConstraints constraints =
        extensions == null ? null : BasicConstraints.fromExtensions(extensions);
    return constraints == null
        || constraints.getPathLenConstraint() == null
        || constraints.getPathLenConstraint().signum() > 0;
  }

  /** The authority's own certificate, DER. */
  public byte[] certificate() {
    return certificate.clone();
  }

  /** The authority's key as PEM, for a target that is started to trust it. */
  public String keyPem() {
    return PemFiles.pem("PRIVATE KEY", key.getEncoded());
  }

  /** The authority's subject, for impostors of the same name. */
  public String subject() {
    return name.toString();
  }

  /** A leaf with a new key; the chain carries the authorities between this one and the root. */
  public Svid issue(LeafSpec spec) {
    KeyPair pair = generate(spec.keyKind);
    byte[] der = sign(spec, new X500Name(spec.subject), pair.getPublic(), name, key);
    List<byte[]> chain = new ArrayList<>(List.of(der));
    if (!above.isEmpty()) {
      chain.add(certificate);
      chain.addAll(above.subList(0, above.size() - 1));
    }
    return new Svid(chain, pair.getPrivate());
  }

  /** An authority below this one. */
  public Mint intermediate(LeafSpec spec) {
    KeyPair pair = generate(spec.keyKind);
    X500Name subject = new X500Name(spec.subject);
    byte[] der = sign(spec, subject, pair.getPublic(), name, key);
    List<byte[]> chain = new ArrayList<>(List.of(certificate));
    chain.addAll(above);
    return new Mint(subject, pair.getPrivate(), der, chain);
  }

  /** A leaf signed by its own key. */
  public static Svid selfSigned(LeafSpec spec) {
    KeyPair pair = generate(spec.keyKind);
    X500Name subject = new X500Name(spec.subject);
    return new Svid(
        List.of(sign(spec, subject, pair.getPublic(), subject, pair.getPrivate())),
        pair.getPrivate());
  }

  /** A revocation list of this authority, DER. */
  public byte[] revocationList(RevocationSpec spec) {
    Date from = Date.from(Instant.now().plus(spec.thisUpdate));
    X509v2CRLBuilder builder = new X509v2CRLBuilder(name, from);
    builder.setNextUpdate(Date.from(Instant.now().plus(spec.nextUpdate)));
    for (int i = 0; i < spec.fillers; i++) {
      builder.addCRLEntry(BigInteger.valueOf(1_000_000L + i), from, CRLReason.unspecified);
    }
    for (byte[] each : spec.certificates) {
      BigInteger serial =
          org.bouncycastle.asn1.x509.Certificate.getInstance(each)
              .getSerialNumber()
              .getPositiveValue();
      builder.addCRLEntry(serial, from, CRLReason.keyCompromise);
    }
    try {
      return builder
          .build(new JcaContentSignerBuilder(algorithmFor(key)).setProvider(PROVIDER).build(key))
          .getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("signing failed: " + e.getMessage(), e);
    }
  }

  private static byte[] sign(
      LeafSpec spec,
      X500Name subject,
      PublicKey subjectKey,
      X500Name issuer,
      PrivateKey issuerKey) {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            issuer,
            new BigInteger(120, RANDOM).setBit(119),
            Date.from(now.plus(spec.notBefore)),
            Date.from(now.plus(spec.notAfter)),
            subject,
            SubjectPublicKeyInfo.getInstance(subjectKey.getEncoded()));
    try {
      addExtensions(builder, spec);
      String usual = algorithmFor(issuerKey);
      String algorithm = spec.signatureChosen ? withKeyOf(spec.signature, usual) : usual;
      ContentSigner signer =
          new JcaContentSignerBuilder(algorithm).setProvider(PROVIDER).build(issuerKey);
      return builder.build(signer).getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("signing failed: " + e.getMessage(), e);
    }
  }

  // SHA1withECDSA of an RSA key is SHA1withRSA.
  private static String withKeyOf(String wanted, String usual) {
    int hash = wanted.indexOf("with");
    int key = usual.indexOf("with");
    return hash < 0 || key < 0 ? wanted : wanted.substring(0, hash) + usual.substring(key);
  }

  private static String algorithmFor(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "Ed25519", "EdDSA" -> "Ed25519";
      default -> "SHA256withECDSA";
    };
  }

  private static void addExtensions(X509v3CertificateBuilder builder, LeafSpec spec)
      throws IOException {
    if (spec.basicConstraints) {
      builder.addExtension(Extension.basicConstraints, true, constraints(spec));
    }
    if (spec.keyUsage != 0) {
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(spec.keyUsage));
    }
    if (!spec.purposes.isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(spec.purposes.toArray(new KeyPurposeId[0])));
    }
    if (!spec.names.isEmpty()) {
      builder.addExtension(
          LeafSpec.subjectAlternativeName(),
          spec.criticalNames,
          new GeneralNames(spec.names.toArray(new GeneralName[0])));
    }
    for (LeafSpec.RawExtension extension : spec.extensions) {
      builder.addExtension(extension.id(), extension.critical(), extension.value());
    }
  }

  private static BasicConstraints constraints(LeafSpec spec) {
    return spec.authority && spec.pathLength >= 0
        ? new BasicConstraints(spec.pathLength)
        : new BasicConstraints(spec.authority);
  }

  private static KeyPair generate(LeafSpec.KeyKind kind) {
    try {
      return switch (kind) {
        case P256 -> ec("secp256r1");
        case P384 -> ec("secp384r1");
        case P192 -> ec("secp192r1");
        case RSA_1024 -> rsa(1024);
        case RSA_2048 -> rsa(2048);
        case RSA_3072 -> rsa(3072);
        case RSA_4096 -> rsa(4096);
        case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no key of kind " + kind + ": " + e.getMessage(), e);
    }
  }

  private static KeyPair ec(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", PROVIDER);
    generator.initialize(new ECGenParameterSpec(curve), RANDOM);
    return generator.generateKeyPair();
  }

  private static KeyPair rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits, RANDOM);
    return generator.generateKeyPair();
  }
}
