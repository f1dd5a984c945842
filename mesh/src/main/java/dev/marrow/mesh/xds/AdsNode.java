package dev.marrow.mesh.xds;

import java.util.Map;

/**
 * Who we are to the control plane.
 *
 * @param id for example {@code
 *     ztunnel~10.0.0.1~ztunnel-x.istio-system~istio-system.svc.cluster.local}
 * @param metadata values are texts, numbers, booleans, lists and maps of such
 */
public record AdsNode(String id, Map<String, Object> metadata) {
  public AdsNode {
    metadata = Map.copyOf(metadata);
  }
}
