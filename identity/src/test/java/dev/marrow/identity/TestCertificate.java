package dev.marrow.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate before it is signed: good until a test changes something. */
public final class TestCertificate {
  private final Map<ASN1ObjectIdentifier, Part> extensions = new LinkedHashMap<>();
  private final List<GeneralName> names = new ArrayList<>();
  private X500Principal subject;
  private BigInteger serial = new BigInteger(63, new SecureRandom()).add(BigInteger.ONE);
  private Instant notBefore;
  private Instant notAfter;
  private KeyPair key = TestCa.keyPair("EC", 256);
  private Optional<String> signature = Optional.empty();

  private record Part(boolean critical, ASN1Encodable value) {}

  private TestCertificate(X500Principal subject, Instant notBefore, Instant notAfter) {
    this.subject = subject;
    this.notBefore = notBefore;
    this.notAfter = notAfter;
  }

  static TestCertificate leaf(Clock clock, String spiffeId) {
    Instant now = clock.instant();
    TestCertificate draft =
        new TestCertificate(
            new X500Principal("O=test"), now.minusSeconds(60), now.plus(TestCa.LIFE));
    return draft
        .uris(spiffeId)
        .ca(false)
        .keyUsage(KeyUsage.digitalSignature)
        .purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
  }

  static TestCertificate ca(Clock clock, String subject) {
    Instant now = clock.instant();
    TestCertificate draft =
        new TestCertificate(
            new X500Principal(subject),
            now.minus(Duration.ofDays(1)),
            now.plus(Duration.ofDays(30)));
    return draft.ca(true).keyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
  }

  public KeyPair key() {
    return key;
  }

  public TestCertificate key(KeyPair other) {
    this.key = other;
    return this;
  }

  public TestCertificate subject(String name) {
    this.subject = new X500Principal(name);
    return this;
  }

  public TestCertificate serial(BigInteger number) {
    this.serial = number;
    return this;
  }

  public TestCertificate valid(Instant from, Instant to) {
    this.notBefore = from;
    this.notAfter = to;
    return this;
  }

  /** The algorithm by JCA name; without it, SHA-256 with the issuer's key. */
  public TestCertificate signature(String algorithm) {
    this.signature = Optional.of(algorithm);
    return this;
  }

  /** Replaces all alternative names by these URIs, as they are. */
  public TestCertificate uris(String... uris) {
    names.clear();
    Arrays.stream(uris)
        .forEach(uri -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    return this;
  }

  /** Adds an alternative name. */
  public TestCertificate name(int tag, String value) {
    names.add(new GeneralName(tag, value));
    return this;
  }

  public TestCertificate ca(boolean yes) {
    return extension(Extension.basicConstraints, true, new BasicConstraints(yes));
  }

  public TestCertificate pathLength(int intermediates) {
    return extension(Extension.basicConstraints, true, new BasicConstraints(intermediates));
  }

  public TestCertificate keyUsage(int bits) {
    return extension(Extension.keyUsage, true, new KeyUsage(bits));
  }

  public TestCertificate purposes(KeyPurposeId... purposes) {
    return extension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
  }

  public TestCertificate extension(
      ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    extensions.put(oid, new Part(critical, value));
    return this;
  }

  public TestCertificate without(ASN1ObjectIdentifier oid) {
    extensions.remove(oid);
    return this;
  }

  public X509Certificate signedBy(TestCa issuer) {
    return parse(derSignedBy(issuer));
  }

  /** For names that the JDK itself would not read. */
  public byte[] derSignedBy(TestCa issuer) {
    return sign(issuer.certificate().getSubjectX500Principal(), issuer.key().getPrivate());
  }

  public X509Certificate selfSigned() {
    return parse(sign(subject, key.getPrivate()));
  }

  private static X509Certificate parse(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IllegalStateException("test certificate", e);
    }
  }

  private byte[] sign(X500Principal issuer, PrivateKey signer) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer, serial, Date.from(notBefore), Date.from(notAfter), subject, key.getPublic());
      for (Map.Entry<ASN1ObjectIdentifier, Part> part : extensions.entrySet()) {
        builder.addExtension(part.getKey(), part.getValue().critical(), part.getValue().value());
      }
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            true,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      String algorithm = signature.orElse("SHA256with" + family(signer));
      return builder.build(new JcaContentSignerBuilder(algorithm).build(signer)).getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("test certificate for " + subject, e);
    }
  }

  private static String family(PrivateKey key) {
    return key.getAlgorithm().equals("EC") ? "ECDSA" : key.getAlgorithm();
  }
}
