package dev.marrow.identity.authority;

import dev.marrow.identity.Strength;
import java.io.IOException;
import java.io.StringReader;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * A certificate signing request (RFC 2986) whose sender has proven to hold the key.
 *
 * @param uris the URI names asked for: a wish, not a right
 */
public record CertificateRequest(PublicKey key, List<String> uris) {
  private static final int MAX_LENGTH = 16 * 1024;

  public CertificateRequest {
    uris = List.copyOf(uris);
    if (!Strength.accepts(key)) {
      throw new IllegalArgumentException(
          "csr: %s key (expected: EC P-256/384/521, RSA of 2048-8192 bits, Ed25519)"
              .formatted(key.getAlgorithm()));
    }
  }

  /** Reads PEM; throws {@link IllegalArgumentException} if it is no request or not well signed. */
  public static CertificateRequest parse(String pem) {
    if (pem.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "csr: %d characters (expected: <= %d)".formatted(pem.length(), MAX_LENGTH));
    }
    try (PemReader reader = new PemReader(new StringReader(pem))) {
      PemObject block = reader.readPemObject();
      if (block == null || !block.getType().endsWith("CERTIFICATE REQUEST")) {
        throw new IllegalArgumentException("csr: no CERTIFICATE REQUEST block");
      }
      return verified(new JcaPKCS10CertificationRequest(block.getContent()));
    } catch (IOException e) {
      throw new IllegalArgumentException("csr: malformed", e);
    }
  }

  private static CertificateRequest verified(JcaPKCS10CertificationRequest csr) {
    try {
      PublicKey key = csr.getPublicKey();
      CertificateRequest request = new CertificateRequest(key, uris(csr));
      if (!csr.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new IllegalArgumentException("csr: not signed by its key");
      }
      return request;
    } catch (InvalidKeyException
        | NoSuchAlgorithmException
        | OperatorCreationException
        | PKCSException e) {
      throw new IllegalArgumentException("csr: key or signature of an unknown kind", e);
    }
  }

  private static List<String> uris(JcaPKCS10CertificationRequest csr) {
    return Arrays.stream(csr.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest))
        .flatMap(attribute -> Arrays.stream(attribute.getAttributeValues()))
        .map(Extensions::getInstance)
        .map(e -> GeneralNames.fromExtensions(e, Extension.subjectAlternativeName))
        .filter(names -> names != null)
        .flatMap(names -> Arrays.stream(names.getNames()))
        .filter(name -> name.getTagNo() == GeneralName.uniformResourceIdentifier)
        .map(name -> name.getName().toString())
        .toList();
  }
}
