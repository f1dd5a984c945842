package dev.marrow.ztunnel.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.ztunnel.settings.CertificateSettings.Issuer;
import dev.marrow.ztunnel.settings.MeshSettings.Local;
import dev.marrow.ztunnel.settings.SocketSettings.Spoofing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {
  private static final Path NO_FILE = Path.of("does/not/exist");

  private static Settings read(String... namesAndValues) {
    return SettingsReader.read(variables(namesAndValues), NO_FILE, 8);
  }

  private static Map<String, String> variables(String... namesAndValues) {
    var variables = new HashMap<String, String>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return variables;
  }

  @Test
  void anEmptyEnvironmentGivesTheDefaultsOfTheContract() {
    Settings settings = read();

    assertThat(settings.mode())
        .isEqualTo(new Mode.Shared(Path.of("/var/run/ztunnel/ztunnel.sock"), true));
    assertThat(settings.sockets().mark()).isEqualTo(OptionalInt.of(1337));
    assertThat(settings.sockets().spoofing()).isEqualTo(Spoofing.TRY);
    assertThat(settings.mesh().source().xds().orElseThrow().address())
        .isEqualTo(new HostPort("localhost", 15012));
    assertThat(settings.tunnels().streamsPerConnection()).isEqualTo(100);
    assertThat(settings.tunnels().streamWindowBytes()).isEqualTo(4 << 20);
    assertThat(settings.tunnels().connectionWindowBytes()).isEqualTo(16 << 20);
    assertThat(settings.tunnels().frameBytes()).isEqualTo(1 << 20);
    assertThat(settings.connections().waits().drain()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.node().clusterId()).isEqualTo("Kubernetes");
    assertThat(settings.ports()).isEqualTo(new Ports(15000, 15020));
    assertThat(settings.eventLoops()).isEqualTo(2);
  }

  @Test
  void allErrorsAreReportedAtOnceWithNameValueAndExpectation() {
    assertThatThrownBy(() ->
            read(
                "PROXY_MODE", "both",
                "KEEPALIVE_TIME", "soon",
                "HTTP2_FRAME_SIZE", "12",
                "XDS_ADDRESS", "nowhere"))
        .isInstanceOfSatisfying(
            InvalidSettings.class,
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        "PROXY_MODE: 'both' (expected: shared or dedicated)",
                        "KEEPALIVE_TIME: 'soon' (expected: a duration from 1s to 32767s)",
                        "HTTP2_FRAME_SIZE: '12' (expected: a number from 16384 to 16777215)",
                        "XDS_ADDRESS: 'nowhere' (expected: host:port)"));
  }

  @ParameterizedTest
  @CsvSource({
    "KEEPALIVE_TIME, 500ms, a duration from 1s to 32767s",
    "KEEPALIVE_INTERVAL, 10h, a duration from 1s to 32767s",
    "MARROW_DIAL_TIMEOUT, 0s, a duration from 1ms to 1d",
    "MARROW_HANDSHAKE_TIMEOUT, 30d, a duration from 1ms to 1d",
    "MARROW_CONNECT_TIMEOUT, 0s, a duration from 1ms to 1d",
    "MARROW_WORKLOAD_WAIT, 999999999d, 'a duration such as 500ms, 5s, 1m or 1h'",
    "TERMINATION_GRACE_PERIOD_SECONDS, 9223372036854775807, a number of seconds",
    "ZTUNNEL_RESOURCE_CPU_LIMIT, 99999999999, a quantity such as 500m or 1.5",
  })
  void aValueThatNobodyCouldActOnStopsTheStart(String name, String value, String expected) {
    assertThatThrownBy(() -> read(name, value))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("%s: '%s' (expected: %s)", name, value, expected);
  }

  @Test
  void aUserTimeoutThatTheKernelCannotCountIsRefused() {
    assertThatThrownBy(() ->
            read(
                "USER_TIMEOUT_ENABLED", "true",
                "KEEPALIVE_INTERVAL", "32767s",
                "KEEPALIVE_RETRIES", "127"))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining(
            "USER_TIMEOUT_ENABLED: 'true' (expected: false, or time + interval x retries of at"
                + " most 2147483s)");
  }

  @Test
  void whatDoesNotGoTogetherIsRefusedWithItsReason() {
    assertThatThrownBy(() ->
            read(
                "XDS_ON_DEMAND", "true",
                "TLS12_ENABLED", "true",
                "COMPLIANCE_POLICY", "pqc",
                "ENABLE_PROXY", "false",
                "LOG_FORMAT", "xml"))
        .hasMessageContaining("the DNS proxy has to know every name")
        .hasMessageContaining("post-quantum key exchange needs TLS 1.3")
        .hasMessageContaining("LOG_FORMAT: 'xml' (expected: text or json)");
  }

  @Test
  void dedicatedModeNeedsAWorkloadAndHasNoMark() {
    Settings settings = read("PROXY_MODE", "dedicated", "PROXY_WORKLOAD_INFO", "shop/cart/default");

    assertThat(settings.mode()).isEqualTo(new Mode.Dedicated("shop", "cart", "default"));
    assertThat(settings.sockets().mark()).isEmpty();
    assertThatThrownBy(() -> read("PROXY_MODE", "dedicated"))
        .hasMessageContaining("PROXY_WORKLOAD_INFO: ''");
  }

  @ParameterizedTest
  @CsvSource({"30, 25", "11, 6", "10, 9", "5, 4", "1, 1"})
  void theDrainEndsBeforeKubernetesKills(String grace, int expected) {
    assertThat(read("TERMINATION_GRACE_PERIOD_SECONDS", grace).connections().waits().drain())
        .isEqualTo(Duration.ofSeconds(expected));
  }

  @Test
  void theExplicitDrainDeadlineWins() {
    Settings settings =
        read("TERMINATION_GRACE_PERIOD_SECONDS", "30", "CONNECTION_TERMINATION_DEADLINE", "2m");

    assertThat(settings.connections().waits().drain()).isEqualTo(Duration.ofMinutes(2));
  }

  @ParameterizedTest
  @CsvSource({"3, 3", "50%, 4", "1%, 1", "0, 8"})
  void eventLoopsAreANumberAShareOrAll(String asked, int expected) {
    assertThat(read("ZTUNNEL_WORKER_THREADS", asked).eventLoops()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"500m, '', 1", "1.5, '', 2", "'', 4, 2", "200m, 1, 1"})
  void byItselfThereAreAtMostTwoEventLoops(String limit, String request, int expected) {
    Settings settings =
        read("ZTUNNEL_RESOURCE_CPU_LIMIT", limit, "ZTUNNEL_RESOURCE_CPU_REQUEST", request);

    assertThat(settings.eventLoops()).isEqualTo(expected);
  }

  @Test
  void anEmptyControlPlaneAddressMeansNone() {
    Settings settings = read("XDS_ADDRESS", "", "LOCAL_XDS", "workloads: []");

    assertThat(settings.mesh().source().xds()).isEmpty();
    assertThat(settings.mesh().source().local()).contains(new Local.Inline("workloads: []"));
  }

  @Test
  void theAuthorityIsTheControlPlaneUnlessTold() {
    Settings settings = read("XDS_ADDRESS", "https://[::1]:15012", "CA_HEADER_X-A", "1");

    var service = (Issuer.Service) settings.certificates().issuer();
    assertThat(service.server().address()).isEqualTo(new HostPort("::1", 15012));
    assertThat(service.server().headers()).containsEntry("x-a", "1");
  }

  @Test
  void proxyConfigIsMergedOverTheMeshFile(@TempDir Path dir) throws Exception {
    Path mesh = dir.resolve("mesh");
    Files.writeString(
        mesh, "defaultConfig: {discoveryAddress: 'cp:15012', statsPort: 1, proxyMetadata: {A: x}}");

    Settings settings =
        SettingsReader.read(
            variables("PROXY_CONFIG", "{statsPort: 16020, proxyAdminPort: 16000, concurrency: 4}"),
            mesh,
            8);

    assertThat(settings.ports()).isEqualTo(new Ports(16000, 16020));
    assertThat(settings.eventLoops()).isEqualTo(4);
    assertThat(settings.mesh().source().xds().orElseThrow().address())
        .isEqualTo(new HostPort("cp", 15012));
    assertThat(settings.mesh().nodeMetadata()).containsEntry("A", "x");
  }

  @Test
  void nodeMetadataTakesIstioMetaAndJson() {
    Settings settings =
        read("ISTIO_META_X", "1", "ISTIO_METAJSON_Y", "{\"a\":[1]}", "POD_NAME", "zt-1");

    assertThat(settings.mesh().nodeMetadata())
        .containsEntry("X", "1")
        .containsEntry("NAME", "zt-1")
        .containsKey("Y");
    assertThatThrownBy(() -> read("ISTIO_METAJSON_Y", "{")).hasMessageContaining("expected: JSON");
  }
}
