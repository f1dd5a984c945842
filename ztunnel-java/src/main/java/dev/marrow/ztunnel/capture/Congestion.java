package dev.marrow.ztunnel.capture;

import dev.marrow.ztunnel.settings.SocketSettings.Flow;
import java.time.Duration;
import java.util.Optional;

/**
 * Which congestion control sockets of one network namespace have. Those that pace (bbr) pay timers
 * and smaller writes for what a wire within a data centre gives nothing back for; bench/README.md
 * has what that costs. So where the kernel's default paces, tunnels begin without, and those whose
 * peer turns out to be far away go on with it. The other way round would not do: a socket that has
 * paced once keeps its timers, whatever it is told later.
 *
 * @param plain for sockets that may lead anywhere; empty for the kernel's default
 * @param tunnels while they are being connected; likewise
 * @param local towards applications of this node; likewise
 * @param far for tunnels to peers that are not near, if it differs from {@code tunnels}
 * @param near round trips below this are near
 */
record Congestion(String plain, String tunnels, String local, Optional<String> far, Duration near) {
  /**
   * @param kernels the default of the namespace
   */
  static Congestion of(Flow flow, String kernels) {
    String all = flow.congestion();
    boolean choose =
        all.isEmpty()
            && kernels.startsWith("bbr")
            && !flow.localCongestion().isEmpty()
            && flow.nearRoundTrip().isPositive();
    return new Congestion(
        all,
        choose ? flow.localCongestion() : all,
        flow.localCongestion(),
        Optional.of(kernels).filter(k -> choose),
        flow.nearRoundTrip());
  }

  /** What a tunnel with this round trip has to be changed to, if to anything. */
  Optional<String> forRoundTrip(Duration roundTrip) {
    return far.filter(name -> roundTrip.compareTo(near) >= 0);
  }
}
