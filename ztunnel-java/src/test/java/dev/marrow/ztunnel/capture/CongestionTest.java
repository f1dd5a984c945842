package dev.marrow.ztunnel.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.ztunnel.settings.SocketSettings.Flow;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CongestionTest {
  private static final Duration NEAR = Duration.ofMillis(1);

  private static Congestion with(String all, String local, Duration near, String kernels) {
    return Congestion.of(new Flow(all, local, near, 1 << 19), kernels);
  }

  @Test
  void whereTheKernelPacesOnlyFarTunnelsDo() {
    Congestion chosen = with("", "reno", NEAR, "bbr");

    assertThat(chosen.tunnels()).isEqualTo("reno");
    assertThat(chosen.plain()).isEmpty();
    assertThat(chosen.forRoundTrip(Duration.ofNanos(999_999))).isEmpty();
    assertThat(chosen.forRoundTrip(NEAR)).contains("bbr");
  }

  @Test
  void whatSomebodyChoseOrDoesNotPaceIsLeftAlone() {
    assertThat(with("bbr", "reno", NEAR, "bbr").tunnels()).isEqualTo("bbr");
    assertThat(with("", "reno", NEAR, "cubic").tunnels()).isEmpty();
    assertThat(with("", "reno", Duration.ZERO, "bbr").tunnels()).isEmpty();
    assertThat(with("", "", NEAR, "bbr").tunnels()).isEmpty();
    assertThat(with("", "reno", NEAR, "cubic").forRoundTrip(Duration.ofSeconds(1))).isEmpty();
  }
}
