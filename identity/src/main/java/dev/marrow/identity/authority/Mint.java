package dev.marrow.identity.authority;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Puts certificates together and signs them. Knows what is in them, not who may have them. */
final class Mint {
  private static final X500Principal NOBODY = new X500Principal("");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SERIAL_BITS = 126;

  /** From when to when. */
  record Life(Instant from, Instant to) {}

  private Mint() {}

  static SigningKey root(X500Principal name, String uri, Life life) {
    KeyPair pair = SigningKey.generate();
    Draft draft = new Draft(name, pair.getPublic(), life);
    draft.authority(1).name(GeneralName.uniformResourceIdentifier, uri, false);
    return new SigningKey(draft.selfSigned(pair), pair.getPrivate());
  }

  static SigningKey intermediate(SigningKey root, X500Principal name, String uri, Life life) {
    KeyPair pair = SigningKey.generate();
    Draft draft = new Draft(name, pair.getPublic(), life);
    draft.authority(0).name(GeneralName.uniformResourceIdentifier, uri, false);
    return new SigningKey(draft.signedBy(root), pair.getPrivate());
  }

  static X509Certificate workload(SigningKey issuer, PublicKey key, String uri, Life life) {
    Draft draft = new Draft(NOBODY, key, life);
    return draft
        .endEntity(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)
        .name(GeneralName.uniformResourceIdentifier, uri, true)
        .signedBy(issuer);
  }

  static X509Certificate server(
      SigningKey issuer, PublicKey key, Set<String> hosts, Set<InetAddress> addresses, Life life) {
    List<GeneralName> names = new ArrayList<>();
    hosts.forEach(host -> names.add(new GeneralName(GeneralName.dNSName, host)));
    // As bytes: the text of an address may carry a scope, which a certificate has no place for.
    addresses.forEach(ip ->
        names.add(new GeneralName(GeneralName.iPAddress, new DEROctetString(ip.getAddress()))));
    return new Draft(NOBODY, key, life)
        .endEntity(KeyPurposeId.id_kp_serverAuth)
        .names(names, true)
        .signedBy(issuer);
  }

  /** A certificate that nobody has signed yet. Used once. */
  private static final class Draft {
    private final X500Principal subject;
    private final PublicKey key;
    private final Life life;
    private final List<Extension> extensions = new ArrayList<>();

    Draft(X500Principal subject, PublicKey key, Life life) {
      this.subject = subject;
      this.key = key;
      this.life = life;
    }

    Draft authority(int intermediatesBelow) {
      add(Extension.basicConstraints, true, new BasicConstraints(intermediatesBelow));
      return add(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }

    Draft endEntity(KeyPurposeId... purposes) {
      add(Extension.basicConstraints, true, new BasicConstraints(false));
      add(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      return add(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    }

    Draft name(int kind, String value, boolean critical) {
      return names(List.of(new GeneralName(kind, value)), critical);
    }

    Draft names(List<GeneralName> names, boolean critical) {
      return add(
          Extension.subjectAlternativeName,
          critical,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    }

    X509Certificate selfSigned(KeyPair pair) {
      return sign(subject, keyId(pair.getPublic()), pair.getPrivate());
    }

    X509Certificate signedBy(SigningKey issuer) {
      X509Certificate above = issuer.certificate();
      return sign(above.getSubjectX500Principal(), keyId(above), issuer.key());
    }

    private X509Certificate sign(X500Principal issuer, byte[] issuerKeyId, PrivateKey signer) {
      try {
        JcaX509v3CertificateBuilder builder =
            new JcaX509v3CertificateBuilder(
                issuer, serial(), Date.from(life.from()), Date.from(life.to()), subject, key);
        builder.addExtension(
            Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(key)));
        builder.addExtension(
            Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(issuerKeyId));
        for (Extension extension : extensions) {
          builder.addExtension(extension);
        }
        String algorithm =
            signer.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        return new JcaX509CertificateConverter()
            .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(signer)));
      } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
        throw new IllegalStateException("certificate for " + subject, e);
      }
    }

    // The id the issuer gave itself: a root that others made may not use our digest.
    private static byte[] keyId(X509Certificate issuer) {
      byte[] extension = issuer.getExtensionValue(Extension.subjectKeyIdentifier.getId());
      return extension == null
          ? keyId(issuer.getPublicKey())
          : SubjectKeyIdentifier.getInstance(ASN1OctetString.getInstance(extension).getOctets())
              .getKeyIdentifier();
    }

    private static byte[] keyId(PublicKey key) {
      try {
        return new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key).getKeyIdentifier();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("key identifier", e);
      }
    }

    private Draft add(ASN1ObjectIdentifier oid, boolean critical, ASN1Object value) {
      try {
        extensions.add(new Extension(oid, critical, value.getEncoded("DER")));
        return this;
      } catch (IOException e) {
        throw new IllegalStateException("extension " + oid, e);
      }
    }

    // Positive and unguessable (RFC 5280 §4.1.2.2).
    private static BigInteger serial() {
      return new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS);
    }
  }
}
