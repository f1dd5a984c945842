package dev.marrow.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.hbone.PoolSettings;
import dev.marrow.hbone.ServerSettings;
import dev.marrow.ztunnel.proxy.Node.TunnelRules;
import dev.marrow.ztunnel.settings.SettingsReader;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RulesTest {
  @Test
  void whatAPeerMayCostReachesBothEnds() {
    TunnelRules rules =
        rules(
            Map.of(
                "MARROW_MAX_STREAMS_PER_CONNECTION", "7",
                "MARROW_HEADER_LIST_BYTES", "8000",
                "MARROW_UNUSED_PEER_TIMEOUT", "9s",
                "MARROW_RESETS_PER_SECOND", "10",
                "MARROW_SETTINGS_PER_SECOND", "11",
                "MARROW_PINGS_PER_SECOND", "12"));

    assertThat(rules.server().h2().maxConcurrentStreams()).isEqualTo(7);
    assertThat(rules.server().h2().maxHeaderListBytes()).isEqualTo(8000);
    assertThat(rules.server().idle()).isEqualTo(Duration.ofSeconds(9));
    assertThat(rules.server().limits().peerResetsPerSecond()).isEqualTo(10);
    assertThat(rules.server().limits().settingsPerSecond()).isEqualTo(11);
    assertThat(rules.server().limits().pingsPerSecond()).isEqualTo(12);
    assertThat(rules.client().limits()).isEqualTo(rules.server().limits());
  }

  @Test
  void withoutSettingsTheLimitsAreThoseOfTheModules() {
    TunnelRules rules = rules(Map.of());

    ServerSettings server = ServerSettings.standard();
    assertThat(rules.server().h2().maxConcurrentStreams())
        .isEqualTo(server.h2().maxConcurrentStreams());
    assertThat(rules.server().limits().peerResetsPerSecond())
        .isEqualTo(server.limits().peerResetsPerSecond());
    assertThat(rules.client().limits().pingsPerSecond())
        .isEqualTo(PoolSettings.standard().limits().pingsPerSecond());
  }

  private static TunnelRules rules(Map<String, String> environment) {
    return Rules.tunnels(SettingsReader.read(environment));
  }
}
