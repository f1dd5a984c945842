package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1:80", "[fd00::1]:65535", "reviews.shop.svc.cluster.local:9080"})
  void anAuthorityReadsBackAsWritten(String text) {
    assertThat(Authority.parse(text).orElseThrow().text()).isEqualTo(text);
  }

  @Test
  void aHostIsFoldedToLowerCase() {
    assertThat(Authority.parse("Reviews.Shop:80")).contains(new Authority.Host("reviews.shop", 80));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.2.3:80", "1.2.3.4.5:80", "a..b:80", ".a:80", "a.:80", "a:080", "a:", "", ":"})
  void whatIsNeitherAddressNorHostIsRefused(String text) {
    assertThat(Authority.parse(text)).isEmpty();
  }

  @Test
  void baggageKeepsItsOrderAndLeavesOutWhatItCannotCarry() {
    var entries = new LinkedHashMap<String, String>();
    entries.put(Baggage.CLUSTER, "Kubernetes");
    entries.put("k8s.deployment.name", "web");
    entries.put(Baggage.VERSION, "");
    var baggage = new Baggage(entries);

    assertThat(baggage.format()).isEqualTo("k8s.cluster.name=Kubernetes,k8s.deployment.name=web");
    assertThat(Baggage.parse(baggage.format()).workloadName()).contains("web");
  }

  @Test
  void aTraceReadsBackAsWritten() {
    var trace = TraceParent.random();

    assertThat(TraceParent.parse(trace.format())).isEqualTo(trace);
    assertThat(trace.child().traceId()).isEqualTo(trace.traceId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-00000000000000000000000000000000-0000000000000001-00",
        "01-11111111111111111111111111111111-1111111111111111-00",
        "00-1111111111111111111111111111111G-1111111111111111-00",
        "00-11111111111111111111111111111111-1111111111111111-0",
      })
  void aTraceInAnyOtherFormIsNone(String text) {
    assertThat(TraceParent.parse(text)).isEqualTo(TraceParent.NONE);
  }

  @Test
  void randomTextNeverFails() {
    var random = new Random(5);
    String letters = "for=host;,\"\\:[]%.=-0a ";
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      assertThat(Forwarded.parse(text.toString()).host()).doesNotContain("\"");
      assertThat(Baggage.parse(text.toString()).format()).doesNotContain("\"");
      Authority.parse(text.toString()).ifPresent(a -> assertThat(a.port()).isPositive());
    }
  }
}
