package dev.marrow.waypoint.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings are read at once; all that is wrong is told at once. */
class SettingsTest {
  private static final Map<String, String> LEAST =
      Map.of(
          "POD_NAME",
          "w-1",
          "POD_NAMESPACE",
          "shop",
          "SERVICE_ACCOUNT",
          "waypoint",
          "INSTANCE_IP",
          "198.18.0.1",
          "XDS_ADDRESS",
          "https://control:15012",
          "XDS_ROOT_CA",
          "/roots.pem");

  private static Map<String, String> with(String name, String value) {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put(name, value);
    return variables;
  }

  @Test
  void defaultsAreThoseOfTheManual() throws Exception {
    Settings settings = Settings.read(LEAST);

    assertThat(settings.identity().toString())
        .isEqualTo("spiffe://cluster.local/ns/shop/sa/waypoint");
    assertThat(settings.ports()).isEqualTo(new Settings.Ports(15008, 15000, 15020, 15021));
    assertThat(settings.servers().ca()).isEqualTo(settings.servers().xds());
    assertThat(settings.tracing()).isEqualTo(Settings.Tracing.NONE);
    assertThat(settings.logs().json()).isFalse();
    assertThat(settings.drain()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.queuedBytes()).isEqualTo(32 << 20);
    Duration never = Duration.ZERO;
    Duration handshake = Duration.ofSeconds(10);
    Duration head = Duration.ofSeconds(30);
    assertThat(settings.peers())
        .isEqualTo(
            new PeerSettings(
                200, 65_536, 500, 20, 20, handshake, never, head, Duration.ofHours(1)));
  }

  @Test
  void aTimeThatMustNotBeNothingIsRefused() {
    SettingsException told =
        catchThrowableOfType(
            SettingsException.class, () -> Settings.read(with("MARROW_HEAD_TIMEOUT", "0s")));

    assertThat(told.problems())
        .containsExactly("MARROW_HEAD_TIMEOUT: '0s' (expected: more than nothing)");
  }

  @Test
  void eachWrongValueIsNamed() {
    Map<String, String> wrong = new HashMap<>();
    wrong.putAll(
        Map.of(
            "MARROW_MAX_STREAMS_PER_CONNECTION", "65536",
            "MARROW_HEADER_LIST_BYTES", "4095",
            "MARROW_RESETS_PER_SECOND", "0",
            "MARROW_SETTINGS_PER_SECOND", "-1",
            "MARROW_PINGS_PER_SECOND", "many",
            "MARROW_HANDSHAKE_TIMEOUT", "9",
            "MARROW_UNUSED_PEER_TIMEOUT", "5x",
            "MARROW_HEAD_TIMEOUT", "soon",
            "MARROW_KEEP_ALIVE_TIMEOUT", "1d"));
    wrong.putAll(
        Map.of(
            "HBONE_PORT",
            "0",
            "LOG_FORMAT",
            "xml",
            "TRACE_SAMPLING_PERCENT",
            "101",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "collector",
            "TERMINATION_DRAIN_DURATION",
            "5",
            "MARROW_QUEUED_BYTES",
            "1000",
            "XDS_ADDRESS",
            "control",
            "TRUST_DOMAIN",
            "A B"));
    wrong.forEach((name, value) -> {
      SettingsException told =
          catchThrowableOfType(SettingsException.class, () -> Settings.read(with(name, value)));

      assertThat(told).as(name).isNotNull();
      assertThat(told.problems()).as(name).anyMatch(problem -> problem.contains(value));
    });
  }

  @Test
  void whatIsMissingIsToldTogether() {
    SettingsException told =
        catchThrowableOfType(SettingsException.class, () -> Settings.read(Map.of()));

    assertThat(told.problems()).hasSize(6);
  }

  @Test
  void aFileWithAnUnknownKeyIsRefused(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("w.yaml"),
            """
            lisseners: []
            tracing: { percent: 200 }
            limits: { MARROW_PINGS: 3, MARROW_PINGS_PER_SECOND: 0 }
            """);

    SettingsException told =
        catchThrowableOfType(SettingsException.class, () -> Standalone.read(file));

    assertThat(told.problems())
        .anyMatch(p -> p.contains("lisseners"))
        .anyMatch(p -> p.contains("200"))
        .anyMatch(p -> p.contains("limits: MARROW_PINGS "))
        .anyMatch(p -> p.contains("MARROW_PINGS_PER_SECOND: '0' (expected: 1 to"))
        .anyMatch(p -> p.contains("at least one"));
  }

  @Test
  void aFileThatIsMissingIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("none.yaml");

    SettingsException told =
        catchThrowableOfType(SettingsException.class, () -> Standalone.read(file));

    assertThat(told.problems())
        .containsExactly(file + ": no such file (expected: --config FILE, YAML)");
  }
}
