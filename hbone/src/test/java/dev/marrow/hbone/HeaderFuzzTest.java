package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes in the headers of a CONNECT: read or left out, and what we write reads back. */
class HeaderFuzzTest {
  static Stream<byte[]> authorities() {
    return seeds(
        "10.0.0.1:80", "[fd00::1]:8080", "reviews.shop.svc.cluster.local:9080", "a:0", "[");
  }

  static Stream<byte[]> headers() {
    return seeds(
        "k8s.namespace.name=shop,k8s.deployment.name=web;p=1,service.name=\"x\"",
        "for=\"10.0.0.1:4711\";host=reviews.shop.svc, for=x",
        "for=\"[fd00::1]:4711\"",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  }

  @MethodSource("authorities")
  @FuzzTest
  void anAuthorityHasOneSpelling(byte[] input) {
    Optional<Authority> parsed = Authority.parse(text(input));

    parsed.ifPresent(
        authority -> assertThat(Authority.parse(authority.text())).contains(authority));
  }

  @MethodSource("headers")
  @FuzzTest
  void whatWeTakeFromAHeaderSurvivesWritingIt(byte[] input) {
    String header = text(input);
    Baggage baggage = Baggage.parse(header);
    assertThat(Baggage.parse(baggage.format())).isEqualTo(baggage);

    Forwarded forwarded = Forwarded.parse(header);
    assertThat(Forwarded.parse(forwarded.format())).isEqualTo(forwarded);

    TraceParent trace = TraceParent.parse(header);
    if (trace.present()) {
      assertThat(TraceParent.parse(trace.format())).isEqualTo(trace);
    }
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.ISO_8859_1);
  }

  private static Stream<byte[]> seeds(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
