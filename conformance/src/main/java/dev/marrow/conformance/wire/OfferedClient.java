package dev.marrow.conformance.wire;

import dev.marrow.conformance.mint.Svid;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/** Says in the handshake what a {@link TlsOffer} holds, and notes what the server says. */
@SuppressWarnings("NullAway") // the library speaks null where it means absent
final class OfferedClient extends AbstractTlsClient {
  private static final int GREASE = 0x5a5a;

  private final TlsOffer offer;
  private final BcTlsCrypto bc;
  private final List<byte[]> serverChain = new ArrayList<>();
  private Optional<List<Integer>> requestedSchemes = Optional.empty();
  private Optional<Alert> received = Optional.empty();
  private int suite = -1;

  OfferedClient(TlsOffer offer) {
    this(offer, new BcTlsCrypto(new SecureRandom()));
  }

  private OfferedClient(TlsOffer offer, BcTlsCrypto crypto) {
    super(crypto);
    this.offer = offer;
    this.bc = crypto;
  }

  List<byte[]> serverChain() {
    return List.copyOf(serverChain);
  }

  Optional<List<Integer>> requestedSchemes() {
    return requestedSchemes;
  }

  Optional<Alert> received() {
    return received;
  }

  Optional<String> applicationProtocol() {
    ProtocolName name = context.getSecurityParametersConnection().getApplicationProtocol();
    return Optional.ofNullable(name).map(ProtocolName::getUtf8Decoding);
  }

  String negotiated() {
    ProtocolVersion version = context.getServerVersion();
    int group = context.getSecurityParametersConnection().getNegotiatedGroup();
    return "%s, suite 0x%04x, group %s"
        .formatted(version, suite, group < 0 ? "none" : NamedGroup.getName(group));
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return offer.parameters().versions().toArray(new ProtocolVersion[0]);
  }

  @Override
  public ProtocolVersion[] getProtocolVersions() {
    return getSupportedVersions();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    List<Integer> suites = new ArrayList<>(offer.parameters().suites());
    if (offer.shape().grease()) {
      suites.addFirst(GREASE);
    }
    return suites.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  protected Vector<Integer> getSupportedGroups(@SuppressWarnings("rawtypes") Vector roles) {
    return new Vector<>(offer.parameters().groups());
  }

  @Override
  public Vector<Integer> getEarlyKeyShareGroups() {
    return new Vector<>(
        offer
            .parameters()
            .keyShares()
            .orElseGet(() -> List.of(offer.parameters().groups().getFirst())));
  }

  @Override
  protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithms() {
    Vector<SignatureAndHashAlgorithm> all = new Vector<>();
    for (int scheme :
        new int[] {
          SignatureScheme.ecdsa_secp256r1_sha256,
          SignatureScheme.ecdsa_secp384r1_sha384,
          SignatureScheme.ed25519,
          SignatureScheme.rsa_pss_rsae_sha256,
          SignatureScheme.rsa_pss_rsae_sha384,
          SignatureScheme.rsa_pss_rsae_sha512,
          SignatureScheme.rsa_pkcs1_sha256
        }) {
      all.add(SignatureScheme.getSignatureAndHashAlgorithm(scheme));
    }
    return all;
  }

  @Override
  protected Vector<ProtocolName> getProtocolNames() {
    Vector<ProtocolName> names = new Vector<>();
    offer.names().alpn().forEach(name -> names.add(ProtocolName.asUtf8Encoding(name)));
    return names.isEmpty() ? null : names;
  }

  @Override
  protected Vector<ServerName> getSNIServerNames() {
    return offer
        .names()
        .server()
        .map(name -> new Vector<>(List.of(new ServerName(NameType.host_name, name))))
        .orElse(null);
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"})
  public Hashtable getClientExtensions() throws IOException {
    Hashtable extensions = super.getClientExtensions();
    if (offer.shape().grease()) {
      extensions.put(GREASE, new byte[] {0});
    }
    return extensions;
  }

  @Override
  public boolean requiresCloseNotify() {
    return false;
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return 1 << 20;
  }

  @Override
  public int getMaxCertificateChainLength() {
    return 64;
  }

  @Override
  public void notifySelectedCipherSuite(int selected) {
    super.notifySelectedCipherSuite(selected);
    suite = selected;
  }

  @Override
  public void notifyAlertReceived(short level, short description) {
    received = Optional.of(new Alert(description));
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return new TlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate server) throws IOException {
        for (int i = 0; i < server.getCertificate().getLength(); i++) {
          serverChain.add(server.getCertificate().getCertificateAt(i).getEncoded());
        }
      }

      @Override
      public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
        requestedSchemes = Optional.of(schemes(request));
        return offer.proof().credential().isPresent()
            ? signer(offer.proof().credential().get(), request)
            : null;
      }
    };
  }

  private static List<Integer> schemes(CertificateRequest request) {
    List<Integer> found = new ArrayList<>();
    if (request.getSupportedSignatureAlgorithms() != null) {
      for (Object each : request.getSupportedSignatureAlgorithms()) {
        found.add(SignatureScheme.from((SignatureAndHashAlgorithm) each));
      }
    }
    return found;
  }

  private TlsCredentials signer(Svid svid, CertificateRequest request) throws IOException {
    AsymmetricKeyParameter key = PrivateKeyFactory.createKey(svid.key().getEncoded());
    int scheme = offer.proof().scheme().map(Short::toUnsignedInt).orElseGet(() -> schemeFor(svid));
    SignatureAndHashAlgorithm algorithm = SignatureScheme.getSignatureAndHashAlgorithm(scheme);
    byte[] requestContext = request.getCertificateRequestContext();
    CertificateEntry[] entries =
        svid.chain().stream()
            .map(der -> new CertificateEntry(new RawCertificate(der), null))
            .toArray(CertificateEntry[]::new);
    Certificate chain =
        requestContext == null ? legacy(svid) : new Certificate(requestContext, entries);
    return new TamperedSigner(
        new TlsCryptoParameters(context), bc, key, chain, algorithm, offer.proof().tamper());
  }

  private static Certificate legacy(Svid svid) {
    return new Certificate(
        svid.chain().stream().map(RawCertificate::new).toArray(RawCertificate[]::new));
  }

  private static int schemeFor(Svid svid) {
    return switch (svid.key().getAlgorithm()) {
      case "RSA" -> SignatureScheme.rsa_pss_rsae_sha256;
      case "Ed25519", "EdDSA" -> SignatureScheme.ed25519;
      default ->
          ((java.security.interfaces.ECPrivateKey) svid.key()).getParams().getOrder().bitLength()
                  > 256
              ? SignatureScheme.ecdsa_secp384r1_sha384
              : SignatureScheme.ecdsa_secp256r1_sha256;
    };
  }
}
