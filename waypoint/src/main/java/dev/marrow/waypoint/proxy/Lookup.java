package dev.marrow.waypoint.proxy;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Destinations;
import org.jspecify.annotations.Nullable;

/**
 * Who one client is and what it addressed, looked up again only when the mesh or the rules are
 * others. Confined to its event loop.
 */
final class Lookup {
  private final Sites sites;
  private final Client client;
  private @Nullable MeshView view;
  private @Nullable Destinations destinations;
  private Site site = new Site.Unknown(503, "not looked up");
  private @Nullable Workload source;

  Lookup(Sites sites, Client client) {
    this.sites = sites;
    this.client = client;
  }

  Client client() {
    return client;
  }

  /** What the client addressed. */
  Site site() {
    look();
    return site;
  }

  /** The client's workload, if it is one of the mesh. */
  @Nullable Workload source() {
    look();
    return source;
  }

  private void look() {
    MeshView nowView = sites.view();
    Destinations nowDestinations = sites.destinations();
    if (nowView != view || nowDestinations != destinations) {
      view = nowView;
      destinations = nowDestinations;
      site = sites.find(client);
      source = nowView.workload(sites.network(), client.remote().getAddress()).orElse(null);
    }
  }
}
