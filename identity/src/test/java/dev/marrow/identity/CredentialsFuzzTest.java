package dev.marrow.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as an id, a certificate or a PEM file. */
class CredentialsFuzzTest {
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";
  private static final TestClock CLOCK = TestClock.noon();
  private static final TestCa CA = TestCa.of("cluster.local", CLOCK);

  static Stream<byte[]> ids() {
    return Stream.of(SHOP, "spiffe://td", "spiffe://td/", "spiffe://t%64/a", "SPIFFE://td/a")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<byte[]> certificates() throws CertificateEncodingException {
    return Stream.of(CA.issue(SHOP).leaf().getEncoded(), CA.root().getEncoded());
  }

  static Stream<byte[]> files() {
    return Stream.of(Pem.encode(CA.root()), "-----BEGIN CERTIFICATE-----\nAA==\n")
        .map(text -> text.getBytes(StandardCharsets.US_ASCII));
  }

  @MethodSource("ids")
  @FuzzTest
  void anIdIsReadAsJavaSpiffeReadsItOrRefused(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);

    Optional<String> ours = read(() -> SpiffeId.parse(text).toString());

    // Ours is stricter about length only; what it takes, the other takes and spells alike.
    ours.ifPresent(id ->
        assertThat(read(() -> io.spiffe.spiffeid.SpiffeId.parse(text).toString())).contains(id));
  }

  @MethodSource("certificates")
  @FuzzTest
  void aCertificateGetsAVerdict(byte[] der) throws CertificateEncodingException {
    byte[][] chain = {der, CA.root().getEncoded()};

    assertThat(SvidVerifier.of(CLOCK).verify(chain, PeerRole.CLIENT, CA.bundle())).isNotNull();
  }

  @MethodSource("files")
  @FuzzTest
  void aPemFileIsReadOrIsAnIllegalArgument(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    for (Supplier<?> reader :
        Stream.<Supplier<?>>of(() -> Pem.certificates(text), () -> Pem.privateKey(text)).toList()) {
      try {
        assertThat(reader.get()).isNotNull();
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageStartingWith("pem: ");
      }
    }
  }

  private static Optional<String> read(Supplier<String> reader) {
    try {
      return Optional.of(reader.get());
    } catch (RuntimeException refused) {
      return Optional.empty();
    }
  }
}
