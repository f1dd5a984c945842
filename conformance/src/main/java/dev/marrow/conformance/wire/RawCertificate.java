package dev.marrow.conformance.wire;

import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsEncryptor;
import org.bouncycastle.tls.crypto.TlsVerifier;

/** A certificate that is sent as it is, well-formed or not: nobody on our side looks into it. */
record RawCertificate(byte[] der) implements TlsCertificate {
  @Override
  public byte[] getEncoded() {
    return der.clone();
  }

  @Override
  public TlsEncryptor createEncryptor(int role) throws IOException {
    throw unsupported();
  }

  @Override
  public TlsVerifier createVerifier(short algorithm) throws IOException {
    throw unsupported();
  }

  @Override
  public Tls13Verifier createVerifier(int scheme) throws IOException {
    throw unsupported();
  }

  @Override
  public byte[] getExtension(org.bouncycastle.asn1.ASN1ObjectIdentifier id) throws IOException {
    throw unsupported();
  }

  @Override
  public BigInteger getSerialNumber() {
    return BigInteger.ONE;
  }

  @Override
  public String getSigAlgOID() {
    return "1.2.840.10045.4.3.2";
  }

  @Override
  public org.bouncycastle.asn1.ASN1Encodable getSigAlgParams() {
    return org.bouncycastle.asn1.DERNull.INSTANCE;
  }

  @Override
  public short getLegacySignatureAlgorithm() {
    return org.bouncycastle.tls.SignatureAlgorithm.ecdsa;
  }

  @Override
  public boolean supportsSignatureAlgorithm(short algorithm) {
    return true;
  }

  @Override
  public boolean supportsSignatureAlgorithmCA(short algorithm) {
    return true;
  }

  @Override
  public TlsCertificate checkUsageInRole(int role) {
    return this;
  }

  private static IOException unsupported() {
    return new TlsFatalAlert(AlertDescription.internal_error);
  }
}
