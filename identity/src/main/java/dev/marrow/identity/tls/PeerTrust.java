package dev.marrow.identity.tls;

import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.PeerRefusal;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.Verdict.Refused;
import dev.marrow.identity.Verdict.Verified;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import java.net.Socket;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides inside the handshake: chain, then identity, then protocol. Whoever is refused here has
 * sent no byte of an application and received none. Thread-safe; runs on the connection's loop.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private static final X509Certificate[] NO_ISSUERS = {};

  private final SvidVerifier verifier;
  private final TrustBundle trust;
  private final PendingChecks checks;

  PeerTrust(SvidVerifier verifier, TrustBundle trust, PendingChecks checks) {
    this.verifier = verifier;
    this.trust = trust;
    this.checks = checks;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, PeerRole.CLIENT, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, PeerRole.SERVER, engine);
  }

  private void check(X509Certificate[] chain, PeerRole role, SSLEngine engine)
      throws CertificateException {
    switch (verifier.verify(der(chain), role, trust)) {
      case Refused refused -> throw refusal(refused, engine);
      case Verified verified -> {
        checkIdentity(verified, engine);
        checkProtocol(engine);
        ProvenId.remember(engine.getHandshakeSession(), verified.id());
      }
    }
  }

  private void checkIdentity(Verified verified, SSLEngine engine) throws CertificateException {
    Optional<PeerCheck> check = checks.find(String.valueOf(engine.getPeerHost()));
    if (check.isEmpty() || !check.get().accepts(verified.id())) {
      throw refusal(
          new Refused(
              PeerRefusal.IDENTITY_MISMATCH,
              "%s (expected: %s)"
                  .formatted(verified.id(), check.map(Object::toString).orElse("nobody"))),
          engine);
    }
  }

  // Neither engine can be told to insist on a protocol. By now ALPN has been negotiated.
  private static void checkProtocol(SSLEngine engine) throws CertificateException {
    if (engine instanceof ReferenceCountedOpenSslEngine boring) {
      if (!MeshTls.PROTOCOL.equals(SSL.getAlpnSelected(boring.sslPointer()))) {
        int code = CertificateVerifier.X509_V_ERR_APPLICATION_VERIFICATION;
        throw new OpenSslCertificateException(new NoProtocolException(), code);
      }
    } else if (!MeshTls.PROTOCOL.equals(engine.getHandshakeApplicationProtocol())) {
      throw new CertificateException(new NoProtocolException());
    }
  }

  // The error numbers live in the native library: not to be touched under the JDK's engine.
  private static CertificateException refusal(Refused refused, SSLEngine engine) {
    PeerRefusedException cause = new PeerRefusedException(refused);
    return engine instanceof ReferenceCountedOpenSslEngine
        ? new OpenSslCertificateException(cause.getMessage(), cause, errorCode(refused.why()))
        : new CertificateException(cause.getMessage(), cause);
  }

  /** The verification error from which BoringSSL chooses the alert. */
  private static int errorCode(PeerRefusal why) {
    return switch (why) {
      case EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
      case NOT_YET_VALID -> CertificateVerifier.X509_V_ERR_CERT_NOT_YET_VALID;
      case REVOKED -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
      case UNKNOWN_CA, UNKNOWN_TRUST_DOMAIN ->
          CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
      case BAD_SIGNATURE -> CertificateVerifier.X509_V_ERR_CERT_SIGNATURE_FAILURE;
      case BAD_ISSUER, PATH_TOO_LONG -> CertificateVerifier.X509_V_ERR_INVALID_CA;
      case BAD_EXTENDED_KEY_USAGE -> CertificateVerifier.X509_V_ERR_INVALID_PURPOSE;
      default -> CertificateVerifier.X509_V_ERR_CERT_REJECTED;
    };
  }

  private static byte[][] der(X509Certificate[] chain) throws CertificateEncodingException {
    byte[][] der = new byte[chain.length][];
    for (int i = 0; i < chain.length; i++) {
      der[i] = chain[i].getEncoded();
    }
    return der;
  }

  /** Empty: a list of issuers would only tell strangers whom we trust. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NO_ISSUERS;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("no engine, no check");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("no engine, no check");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("no engine, no check");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("no engine, no check");
  }

  /** The peer offered no protocol that we speak. */
  static final class NoProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    NoProtocolException() {
      super(
          "no application protocol in common (expected: " + MeshTls.PROTOCOL + ")",
          null,
          false,
          false);
    }
  }
}
