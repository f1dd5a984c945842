package dev.marrow.controlplane.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static final Map<String, String> LEAST =
      Map.of(
          "MARROW_CONFIG", "/a:/b",
          "MARROW_STATUS_DIR", "/s",
          "MARROW_GENERATED_DIR", "/g",
          "MARROW_CA_DIR", "/ca",
          "MARROW_ROOT_CERT_OUT", "/root.pem",
          "MARROW_TOKEN_JWKS", "/jwks.json");

  private static Settings with(String name, String value) {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put(name, value);
    return Settings.read(variables);
  }

  @Test
  void whatIsNotGivenHasItsStandard() {
    Settings settings = Settings.read(LEAST);

    assertThat(((Settings.Files) settings.place()).config())
        .containsExactly(Path.of("/a"), Path.of("/b"));
    assertThat(settings.mesh().trustDomain().name()).isEqualTo("cluster.local");
    assertThat(settings.mesh().rootNamespace()).isEqualTo("istio-system");
    assertThat(settings.listen().xds()).hasToString("/0.0.0.0:15012");
    assertThat(settings.listen().readiness().getPort()).isEqualTo(15021);
    assertThat(settings.listen().metrics().getPort()).isEqualTo(15020);
    assertThat(settings.listen().admin()).hasToString("/127.0.0.1:15000");
    assertThat(settings.listen().hosts())
        .contains("istiod.istio-system.svc", "control-plane.marrow-system.svc", "localhost");
    assertThat(settings.access().audience()).isEqualTo("istio-ca");
    assertThat(settings.access().nodeProxies())
        .containsExactlyInAnyOrder("marrow-system/ztunnel", "istio-system/ztunnel");
    assertThat(settings.access().certificateLife()).isEqualTo(Duration.ofHours(24));
  }

  @Test
  void eachNameIsRead() {
    assertThat(with("TRUST_DOMAIN", "x.y").mesh().trustDomain().name()).isEqualTo("x.y");
    assertThat(with("CLUSTER_DOMAIN", "c").mesh().hostname("n", "s")).isEqualTo("s.n.svc.c");
    assertThat(with("CLUSTER_ID", "c1").mesh().clusterId()).isEqualTo("c1");
    assertThat(with("NETWORK", "n1").mesh().network()).isEqualTo("n1");
    assertThat(with("ROOT_NAMESPACE", "r").mesh().rootNamespace()).isEqualTo("r");
    assertThat(with("MARROW_XDS_ADDRESS", "[::1]:1").listen().xds().getPort()).isEqualTo(1);
    assertThat(with("MARROW_READINESS_ADDRESS", ":2").listen().readiness().getPort()).isEqualTo(2);
    assertThat(with("MARROW_METRICS_ADDRESS", ":3").listen().metrics().getPort()).isEqualTo(3);
    assertThat(with("MARROW_ADMIN_ADDRESS", ":4").listen().admin().getPort()).isEqualTo(4);
    assertThat(with("MARROW_XDS_HOSTS", "a, b").listen().hosts())
        .containsExactlyInAnyOrder("a", "b");
    assertThat(with("MARROW_TOKEN_AUDIENCE", "a").access().audience()).isEqualTo("a");
    assertThat(with("MARROW_TOKEN_ISSUER", "i").access().issuers()).containsExactly("i");
    assertThat(with("CA_TRUSTED_NODE_ACCOUNTS", "a/b").access().nodeProxies())
        .containsExactly("a/b");
    assertThat(with("DEFAULT_WORKLOAD_CERT_TTL", "1h30m").access().certificateLife())
        .isEqualTo(Duration.ofMinutes(90));
    assertThat(with("MAX_WORKLOAD_CERT_TTL", "2h").access().longestCertificateLife())
        .isEqualTo(Duration.ofHours(2));
    assertThat(with("MARROW_XDS_CONNECTION_AGE", "10s").access().connectionAge())
        .isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TRUST_DOMAIN              | A_B/c   | TRUST_DOMAIN: trust domain: 'A_B/c'",
        "MARROW_XDS_ADDRESS        | host:1  | MARROW_XDS_ADDRESS: 'host:1' (expected: address:port)",
        "MARROW_XDS_ADDRESS        | 1.2.3.4 | MARROW_XDS_ADDRESS: '1.2.3.4' (expected: address:port)",
        "DEFAULT_WORKLOAD_CERT_TTL | soon    | DEFAULT_WORKLOAD_CERT_TTL: 'soon' (expected: a duration",
        "MAX_WORKLOAD_CERT_TTL     | -1h     | MAX_WORKLOAD_CERT_TTL: '-1h' (expected: a duration",
      })
  void aWrongValueIsNamed(String name, String value, String message) {
    assertThatThrownBy(() -> with(name, value)).hasMessageContaining(message);
  }

  @Test
  void allErrorsAreSaidAtOnce() {
    assertThatThrownBy(() -> Settings.read(Map.of("TRUST_DOMAIN", "/")))
        .hasMessageContainingAll(
            "MARROW_CONFIG: '' (expected: directories of objects, separated by colons)",
            "MARROW_STATUS_DIR: '' (expected: the directory for conditions)",
            "MARROW_GENERATED_DIR: '' (expected: the directory for what is deployed)",
            "MARROW_CA_DIR: '' (expected: the directory of the authority's keys)",
            "MARROW_ROOT_CERT_OUT: '' (expected: the file for the root certificate)",
            "MARROW_TOKEN_JWKS: '' (expected: the file of the tokens' keys)",
            "TRUST_DOMAIN: ");
  }
}
