package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.TunnelConnection;
import dev.marrow.http.Abort;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;
import java.util.Optional;
import java.util.Set;

/** An open connection of a pod. Confined to its event loop. */
sealed interface Tracked permits OutboundConnection, InboundConnection {
  /** Ends it now. */
  void cut(Abort why);

  /**
   * Ends it if it must not be any more.
   *
   * @param own the pod's workload of today; empty if the mesh no longer knows it
   */
  void recheck(MeshView view, Optional<Workload> own);

  /** Whether it came through {@code connection}. */
  boolean inboundOver(TunnelConnection connection);

  /** Whether it goes to one of {@code peers} through a tunnel. */
  boolean outboundTo(Set<SpiffeId> peers);

  /** Adds what it counted to the metrics. */
  void flush();

  /** How the dump shows it. */
  Open open();

  /** One connection in the dump. */
  record Open(
      boolean inbound,
      String source,
      String originalDestination,
      String actualDestination,
      String protocol) {}
}
