package dev.marrow.conformance.wire;

import dev.marrow.conformance.mint.Svid;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;

/**
 * Everything the kit says in a TLS handshake. Immutable; start from {@link #standard(Svid)} and
 * change one thing.
 */
public record TlsOffer(Parameters parameters, Names names, Proof proof, Shape shape) {
  private static final List<Integer> SUITES =
      List.of(CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_AES_256_GCM_SHA384);
  private static final List<Integer> GROUPS =
      List.of(NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1);

  /**
   * What the keys are made with.
   *
   * @param keyShares groups to send a share for; an empty list sends an empty key_share
   */
  public record Parameters(
      List<ProtocolVersion> versions,
      List<Integer> suites,
      List<Integer> groups,
      Optional<List<Integer>> keyShares) {}

  /**
   * Whom and what the client asks for.
   *
   * @param alpn empty leaves the extension out
   * @param server empty leaves SNI out
   */
  public record Names(List<String> alpn, Optional<byte[]> server) {}

  /**
   * How the client proves who it is.
   *
   * @param credential what to show; empty sends an empty Certificate message
   * @param scheme what CertificateVerify names, whatever the key is
   * @param tamper changes the CertificateVerify signature on its way out
   */
  public record Proof(
      Optional<Svid> credential, Optional<Short> scheme, UnaryOperator<byte[]> tamper) {}

  /**
   * How it looks on the wire.
   *
   * @param grease adds values nobody knows (RFC 8701)
   */
  public record Shape(HelloShape hello, boolean grease) {}

  /** How the first flight is cut. */
  public enum HelloShape {
    WHOLE,
    ONE_BYTE_RECORDS,
    ONE_BYTE_SEGMENTS,
    SPLIT_HANDSHAKE_HEADER,
    /** The hello goes out whole; the flight with Finished is damaged on its way. */
    DAMAGED_FINISHED
  }

  /** What a well-behaved HBONE client offers: TLS 1.3, AES-GCM, X25519 first, ALPN h2, no SNI. */
  public static TlsOffer standard(Svid credential) {
    return anonymous().withCredential(Optional.of(credential));
  }

  /** The same without a certificate. */
  public static TlsOffer anonymous() {
    return new TlsOffer(
        new Parameters(List.of(ProtocolVersion.TLSv13), SUITES, GROUPS, Optional.empty()),
        new Names(List.of("h2"), Optional.empty()),
        new Proof(Optional.empty(), Optional.empty(), UnaryOperator.identity()),
        new Shape(HelloShape.WHOLE, false));
  }

  private TlsOffer with(Parameters value) {
    return new TlsOffer(value, names, proof, shape);
  }

  private TlsOffer with(Names value) {
    return new TlsOffer(parameters, value, proof, shape);
  }

  private TlsOffer with(Proof value) {
    return new TlsOffer(parameters, names, value, shape);
  }

  private TlsOffer with(Shape value) {
    return new TlsOffer(parameters, names, proof, value);
  }

  public TlsOffer withVersions(ProtocolVersion... value) {
    return with(
        new Parameters(List.of(value), parameters.suites, parameters.groups, parameters.keyShares));
  }

  public TlsOffer withSuites(Integer... value) {
    return with(
        new Parameters(
            parameters.versions, List.of(value), parameters.groups, parameters.keyShares));
  }

  public TlsOffer withGroups(Integer... value) {
    return with(
        new Parameters(
            parameters.versions, parameters.suites, List.of(value), parameters.keyShares));
  }

  public TlsOffer withKeyShares(Integer... value) {
    return with(
        new Parameters(
            parameters.versions,
            parameters.suites,
            parameters.groups,
            Optional.of(List.of(value))));
  }

  /** TLS 1.2 alone, with suites that HTTP/2 allows. */
  public TlsOffer tls12() {
    return withVersions(ProtocolVersion.TLSv12)
        .withSuites(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
  }

  public TlsOffer withAlpn(String... value) {
    return with(new Names(List.of(value), names.server));
  }

  public TlsOffer withServerName(byte[] value) {
    return with(new Names(names.alpn, Optional.of(value)));
  }

  public TlsOffer withCredential(Optional<Svid> value) {
    return with(new Proof(value, proof.scheme, proof.tamper));
  }

  /** The scheme named in CertificateVerify, whatever the key is. */
  public TlsOffer withSignatureScheme(int value) {
    return with(new Proof(proof.credential, Optional.of((short) value), proof.tamper));
  }

  public TlsOffer withTamper(UnaryOperator<byte[]> value) {
    return with(new Proof(proof.credential, proof.scheme, value));
  }

  public TlsOffer withHelloShape(HelloShape value) {
    return with(new Shape(value, shape.grease));
  }

  public TlsOffer withGrease() {
    return with(new Shape(shape.hello, true));
  }
}
