package dev.marrow.waypoint.upstream;

import dev.marrow.hbone.Authority;
import dev.marrow.hbone.TunnelTarget;
import dev.marrow.waypoint.route.BackendTls;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is sent and how: the key of {@link UpstreamPool}.
 *
 * @param http2 what is spoken there
 * @param tls from us to the endpoint, inside the tunnel if there is one
 */
public record Upstream(Path path, boolean http2, @Nullable BackendTls tls) {
  /** How bytes get there. */
  public sealed interface Path {
    /** Through a tunnel, to exactly the identities in the target. */
    record Tunnel(TunnelTarget target, Authority authority) implements Path {}

    /** By plain TCP: the endpoint has no node proxy. */
    record Direct(InetSocketAddress address) implements Path {}
  }

  /** The endpoint's own address, for logs. */
  public String address() {
    return switch (path) {
      case Path.Tunnel tunnel -> tunnel.authority().text();
      case Path.Direct direct ->
          direct.address().getHostString() + ":" + direct.address().getPort();
    };
  }
}
