package dev.marrow.conformance.wire;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsECDSA13Signer;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsEd25519Signer;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsRSAPSSSigner;

/** Signs CertificateVerify and may spoil the signature on its way out. */
final class TamperedSigner extends DefaultTlsCredentialedSigner {
  private final UnaryOperator<byte[]> tamper;

  TamperedSigner(
      TlsCryptoParameters parameters,
      BcTlsCrypto crypto,
      AsymmetricKeyParameter key,
      Certificate chain,
      SignatureAndHashAlgorithm algorithm,
      UnaryOperator<byte[]> tamper) {
    super(parameters, signer(crypto, key, algorithm), chain, algorithm);
    this.tamper = tamper;
  }

  private static TlsSigner signer(
      BcTlsCrypto crypto, AsymmetricKeyParameter key, SignatureAndHashAlgorithm algorithm) {
    int scheme = SignatureScheme.from(algorithm);
    if (key instanceof org.bouncycastle.crypto.params.RSAKeyParameters rsa) {
      return new BcTlsRSAPSSSigner(
          crypto,
          rsa,
          SignatureScheme.isRSAPSS(scheme) ? scheme : SignatureScheme.rsa_pss_rsae_sha256);
    }
    if (key instanceof org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters ed) {
      return new BcTlsEd25519Signer(crypto, ed);
    }
    return new BcTlsECDSA13Signer(
        crypto, (org.bouncycastle.crypto.params.ECPrivateKeyParameters) key, scheme);
  }

  @Override
  public byte[] generateRawSignature(byte[] hash) throws IOException {
    return tamper.apply(super.generateRawSignature(hash));
  }

  @Override
  @SuppressWarnings("NullAway") // null: not a stream signer
  public TlsStreamSigner getStreamSigner() {
    return null;
  }
}
