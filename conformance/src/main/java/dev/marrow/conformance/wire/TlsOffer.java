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
 *
 * @param credential what to show as the client; empty sends an empty Certificate message
 * @param alpn empty leaves the extension out
 * @param serverName empty leaves SNI out
 * @param keyShares groups to send a share for; empty list sends an empty key_share
 * @param tamper changes the CertificateVerify signature on its way out
 * @param helloShape how the ClientHello is cut on the wire
 */
public record TlsOffer(
    Optional<Svid> credential,
    List<ProtocolVersion> versions,
    List<Integer> suites,
    List<Integer> groups,
    Optional<List<Integer>> keyShares,
    List<String> alpn,
    Optional<byte[]> serverName,
    UnaryOperator<byte[]> tamper,
    Optional<Short> signatureScheme,
    HelloShape helloShape,
    boolean grease) {

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
    return new TlsOffer(
        Optional.of(credential),
        List.of(ProtocolVersion.TLSv13),
        List.of(CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_AES_256_GCM_SHA384),
        List.of(NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1),
        Optional.empty(),
        List.of("h2"),
        Optional.empty(),
        UnaryOperator.identity(),
        Optional.empty(),
        HelloShape.WHOLE,
        false);
  }

  public TlsOffer withCredential(Optional<Svid> value) {
    return new TlsOffer(
        value,
        versions,
        suites,
        groups,
        keyShares,
        alpn,
        serverName,
        tamper,
        signatureScheme,
        helloShape,
        grease);
  }

  public TlsOffer withVersions(ProtocolVersion... value) {
    return new TlsOffer(
        credential,
        List.of(value),
        suites,
        groups,
        keyShares,
        alpn,
        serverName,
        tamper,
        signatureScheme,
        helloShape,
        grease);
  }

  public TlsOffer withSuites(Integer... value) {
    return new TlsOffer(
        credential,
        versions,
        List.of(value),
        groups,
        keyShares,
        alpn,
        serverName,
        tamper,
        signatureScheme,
        helloShape,
        grease);
  }

  public TlsOffer withGroups(Integer... value) {
    return new TlsOffer(
        credential,
        versions,
        suites,
        List.of(value),
        keyShares,
        alpn,
        serverName,
        tamper,
        signatureScheme,
        helloShape,
        grease);
  }

  public TlsOffer withKeyShares(Integer... value) {
    return new TlsOffer(
        credential,
        versions,
        suites,
        groups,
        Optional.of(List.of(value)),
        alpn,
        serverName,
        tamper,
        signatureScheme,
        helloShape,
        grease);
  }

  public TlsOffer withAlpn(String... value) {
    return new TlsOffer(
        credential,
        versions,
        suites,
        groups,
        keyShares,
        List.of(value),
        serverName,
        tamper,
        signatureScheme,
        helloShape,
        grease);
  }

  public TlsOffer withServerName(byte[] value) {
    return new TlsOffer(
        credential,
        versions,
        suites,
        groups,
        keyShares,
        alpn,
        Optional.of(value),
        tamper,
        signatureScheme,
        helloShape,
        grease);
  }

  /** The scheme named in CertificateVerify, whatever the key is. */
  public TlsOffer withSignatureScheme(int value) {
    return new TlsOffer(
        credential,
        versions,
        suites,
        groups,
        keyShares,
        alpn,
        serverName,
        tamper,
        Optional.of((short) value),
        helloShape,
        grease);
  }

  /** TLS 1.2 alone, with suites that HTTP/2 allows. */
  public TlsOffer tls12() {
    return withVersions(ProtocolVersion.TLSv12)
        .withSuites(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
  }

  public TlsOffer withTamper(UnaryOperator<byte[]> value) {
    return new TlsOffer(
        credential,
        versions,
        suites,
        groups,
        keyShares,
        alpn,
        serverName,
        value,
        signatureScheme,
        helloShape,
        grease);
  }

  public TlsOffer withHelloShape(HelloShape value) {
    return new TlsOffer(
        credential,
        versions,
        suites,
        groups,
        keyShares,
        alpn,
        serverName,
        tamper,
        signatureScheme,
        value,
        grease);
  }

  public TlsOffer withGrease() {
    return new TlsOffer(
        credential,
        versions,
        suites,
        groups,
        keyShares,
        alpn,
        serverName,
        tamper,
        signatureScheme,
        helloShape,
        true);
  }
}
