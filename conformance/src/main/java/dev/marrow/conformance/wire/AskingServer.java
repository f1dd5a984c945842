package dev.marrow.conformance.wire;

import dev.marrow.conformance.mint.Svid;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * The server's side of TLS 1.3 on one connection, with a P-256 certificate; it can ask for a
 * certificate once more after the handshake. Used by one thread.
 */
public final class AskingServer {
  // RFC 8446 §4.3.2: type 13, a context of one byte, signature_algorithms with two schemes.
  private static final byte[] REQUEST = {13, 0, 0, 14, 1, 42, 0, 10, 0, 13, 0, 6, 0, 4, 4, 3, 8, 4};

  private final Protocol protocol;
  private final Server server;

  private AskingServer(Protocol protocol, Server server) {
    this.protocol = protocol;
    this.server = server;
  }

  /** Makes the handshake; asks for a certificate in it, as usual. */
  public static AskingServer accept(InputStream in, OutputStream out, Svid shown)
      throws IOException {
    Protocol protocol = new Protocol(in, out);
    Server server = new Server(shown, new BcTlsCrypto(new SecureRandom()));
    protocol.accept(server);
    return new AskingServer(protocol, server);
  }

  /** Asks again. A client that did not offer it has to end the connection. */
  public void askAgain() throws IOException {
    protocol.ask();
  }

  public InputStream in() {
    return protocol.getInputStream();
  }

  public OutputStream out() {
    return protocol.getOutputStream();
  }

  /** What the client showed in the handshake, DER. */
  public List<byte[]> clientChain() {
    return List.copyOf(server.clientChain);
  }

  private static final class Protocol extends TlsServerProtocol {
    Protocol(InputStream in, OutputStream out) {
      super(in, out);
    }

    void ask() throws IOException {
      safeWriteRecord(ContentType.handshake, REQUEST, 0, REQUEST.length);
    }
  }

  @SuppressWarnings("NullAway") // the library speaks null where it means absent
  private static final class Server extends DefaultTlsServer {
    private final Svid shown;
    private final BcTlsCrypto bc;
    private final List<byte[]> clientChain = new ArrayList<>();

    Server(Svid shown, BcTlsCrypto crypto) {
      super(crypto);
      this.shown = shown;
      this.bc = crypto;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.TLSv13.only();
    }

    @Override
    protected Vector<ProtocolName> getProtocolNames() {
      return new Vector<>(List.of(ProtocolName.HTTP_2_TLS));
    }

    @Override
    public TlsCredentials getCredentials() throws IOException {
      CertificateEntry[] entries =
          shown.chain().stream()
              .map(der -> new CertificateEntry(new RawCertificate(der), null))
              .toArray(CertificateEntry[]::new);
      return new TamperedSigner(
          new TlsCryptoParameters(context),
          bc,
          PrivateKeyFactory.createKey(shown.key().getEncoded()),
          new Certificate(TlsUtils.EMPTY_BYTES, entries),
          SignatureScheme.getSignatureAndHashAlgorithm(SignatureScheme.ecdsa_secp256r1_sha256),
          signature -> signature);
    }

    @Override
    public CertificateRequest getCertificateRequest() throws IOException {
      Vector<SignatureAndHashAlgorithm> schemes = new Vector<>();
      schemes.add(
          SignatureScheme.getSignatureAndHashAlgorithm(SignatureScheme.ecdsa_secp256r1_sha256));
      schemes.add(
          SignatureScheme.getSignatureAndHashAlgorithm(SignatureScheme.rsa_pss_rsae_sha256));
      return new CertificateRequest(TlsUtils.EMPTY_BYTES, schemes, null, null);
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
      for (int i = 0; i < certificate.getLength(); i++) {
        clientChain.add(certificate.getCertificateAt(i).getEncoded());
      }
    }
  }
}
