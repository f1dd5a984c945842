package dev.marrow.conformance.mint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * What goes into a certificate. Starts as a textbook X.509-SVID; each method changes one thing and
 * returns this. Not thread-safe.
 */
public final class LeafSpec {
  /** An extension that the other methods have no word for. */
  public record RawExtension(ASN1ObjectIdentifier id, boolean critical, byte[] value) {}

  /** The kind of key to make. */
  public enum KeyKind {
    P256,
    P384,
    P192,
    RSA_2048,
    RSA_1024,
    RSA_3072,
    RSA_4096,
    ED25519
  }

  final List<GeneralName> names = new ArrayList<>();
  final List<RawExtension> extensions = new ArrayList<>();
  final List<KeyPurposeId> purposes =
      new ArrayList<>(List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth));
  String subject = "O=conformance";
  Duration notBefore = Duration.ofMinutes(-5);
  Duration notAfter = Duration.ofHours(1);
  boolean authority;
  int pathLength = -1;
  boolean basicConstraints = true;
  int keyUsage = KeyUsage.digitalSignature;
  boolean criticalNames = true;
  String signature = "SHA256withECDSA";
  boolean signatureChosen;
  KeyKind keyKind = KeyKind.P256;

  private LeafSpec() {}

  /** A good leaf for {@code spiffeId}. */
  public static LeafSpec svid(String spiffeId) {
    return new LeafSpec().uri(spiffeId);
  }

  /** A leaf without any name. */
  public static LeafSpec nameless() {
    return new LeafSpec();
  }

  /** A CA certificate below the signer. */
  public static LeafSpec intermediate(String subject) {
    LeafSpec spec = new LeafSpec();
    spec.subject = subject;
    spec.authority = true;
    spec.keyUsage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
    spec.purposes.clear();
    return spec;
  }

  public LeafSpec uri(String uri) {
    return name(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
  }

  public LeafSpec name(GeneralName name) {
    names.add(name);
    return this;
  }

  public LeafSpec subject(String x500) {
    subject = x500;
    return this;
  }

  /** Validity, counted from now. */
  public LeafSpec valid(Duration from, Duration until) {
    notBefore = from;
    notAfter = until;
    return this;
  }

  public LeafSpec authority(boolean value) {
    authority = value;
    return this;
  }

  public LeafSpec pathLength(int value) {
    pathLength = value;
    return this;
  }

  public LeafSpec withoutBasicConstraints() {
    basicConstraints = false;
    return this;
  }

  /** Bits of {@link KeyUsage}; 0 leaves the extension out. */
  public LeafSpec keyUsage(int bits) {
    keyUsage = bits;
    return this;
  }

  /** None leaves the extension out. */
  public LeafSpec purposes(KeyPurposeId... value) {
    purposes.clear();
    purposes.addAll(List.of(value));
    return this;
  }

  public LeafSpec criticalNames(boolean value) {
    criticalNames = value;
    return this;
  }

  public LeafSpec extension(ASN1ObjectIdentifier id, boolean critical, byte[] value) {
    extensions.add(new RawExtension(id, critical, value));
    return this;
  }

  /** An extension nobody knows. */
  public LeafSpec unknownCritical() {
    return extension(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), true, new byte[] {5, 0});
  }

  public LeafSpec key(KeyKind kind) {
    keyKind = kind;
    return this;
  }

  /** The signature algorithm of the signer, for example {@code SHA1withECDSA}. */
  public LeafSpec signature(String algorithm) {
    signature = algorithm;
    signatureChosen = true;
    return this;
  }

  static ASN1ObjectIdentifier subjectAlternativeName() {
    return Extension.subjectAlternativeName;
  }
}
