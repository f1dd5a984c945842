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
  /** How bytes get there; {@code text} is the endpoint's address, for logs. */
  public sealed interface Path {
    /** Through a tunnel, to exactly the identities in the target. */
    record Tunnel(TunnelTarget target, Authority authority, String text) implements Path {
      public Tunnel(TunnelTarget target, Authority authority) {
        this(target, authority, authority.text());
      }
    }

    /**
     * Through a tunnel inside a tunnel, the outer one to the gateway of another network.
     *
     * @param gateway the outer one
     * @param endpoint the inner one: who may answer there
     * @param network ours, which the other side is told
     */
    record Nested(TunnelTarget gateway, TunnelTarget endpoint, Authority authority, String network)
        implements Path {}

    /** By plain TCP: the endpoint has no node proxy. */
    record Direct(InetSocketAddress address, String text) implements Path {
      public Direct(InetSocketAddress address) {
        this(address, address.getHostString() + ":" + address.getPort());
      }
    }
  }

  /** The endpoint's own address, for logs. */
  public String address() {
    return switch (path) {
      case Path.Tunnel tunnel -> tunnel.text();
      case Path.Nested nested -> nested.authority().text();
      case Path.Direct direct -> direct.text();
    };
  }
}
