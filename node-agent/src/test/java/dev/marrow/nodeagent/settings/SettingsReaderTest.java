package dev.marrow.nodeagent.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsReaderTest {
  private static final Map<String, String> LEAST =
      Map.of("NODE_NAME", "n1", "MARROW_CONFIG", "/a:/b", "MARROW_ENROLMENT_DIR", "/c");

  @Test
  void threeVariablesAreEnough() throws Exception {
    Settings settings = SettingsReader.read(LEAST);

    assertThat(settings.node()).isEqualTo("n1");
    assertThat(settings.source())
        .isEqualTo(new Source.Directories(List.of(Path.of("/a"), Path.of("/b")), Path.of("/c")));
    assertThat(settings.announcements()).isEqualTo(Path.of("/var/run/ztunnel/ztunnel.sock"));
    assertThat(settings.backend()).isEqualTo(Backend.NFTABLES);
    assertThat(settings.excludedNamespaces()).containsExactly("kube-system");
    assertThat(settings.dns()).isTrue();
    assertThat(settings.marksProbes()).isTrue();
    assertThat(settings.settle()).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.statusPort()).isEqualTo(15022);
  }

  @Test
  void allThatIsWrongIsReportedAtOnce() {
    var environment = new HashMap<>(LEAST);
    environment.remove("NODE_NAME");
    environment.put("REDIRECT_BACKEND", "ebpf");
    environment.put("HOST_PROBE_SNAT", "perhaps");
    environment.put("HOST_PROBE_SNAT_IP", "fd00::1");
    environment.put("MARROW_STATUS_PORT", "70000");
    environment.put("LOG_LEVEL", "loud");

    assertThatThrownBy(() -> SettingsReader.read(environment))
        .isInstanceOf(InvalidSettings.class)
        .hasMessage(
            """
            NODE_NAME: not set (expected: a value)
            REDIRECT_BACKEND: 'ebpf' (expected: nftables or iptables)
            HOST_PROBE_SNAT: 'perhaps' (expected: true or false)
            HOST_PROBE_SNAT_IP: 'fd00::1' (expected: an IPv4 address, and HOST_PROBE_SNAT_IPV6 an \
            IPv6 address)
            MARROW_STATUS_PORT: '70000' (expected: 0 to 65535)
            LOG_LEVEL: 'loud' (expected: error, warn, info, debug or trace)\
            """);
  }
}
