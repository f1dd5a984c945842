package dev.marrow.ztunnel.proxy;

import java.util.Optional;

/** What to ask a control plane for that tells only what it is asked for. Pure. */
final class Demands {
  private Demands() {}

  /**
   * {@code route}, after what is missing was asked for. While nobody has said that an address is
   * not of the mesh, it is not reached in plaintext: a tunnel may be due.
   */
  static Route settled(Router.Request request, Route route, boolean unanswered) {
    Optional<String> missing = unanswered ? missing(request, route) : Optional.empty();
    return route instanceof Route.Direct direct && missing.isPresent()
        ? new Route.Refuse(Refusal.unanswered(missing.get()), direct.destination())
        : route;
  }

  /** The name of what might change {@code route} if it were known. */
  static Optional<String> missing(Router.Request request, Route route) {
    return switch (route) {
      case Route.Direct direct when direct.destination().equals(Destination.UNKNOWN) ->
          Optional.of(request.source().network() + "/" + request.ip().getHostAddress());
      case Route.Refuse refuse when !refuse.why().about().isEmpty() ->
          Optional.of(refuse.why().about());
      case Route.Direct direct -> Optional.empty();
      case Route.Refuse refuse -> Optional.empty();
      case Route.Tunnel tunnel -> Optional.empty();
      case Route.NestedTunnel nested -> Optional.empty();
      case Route.Resolve resolve -> Optional.empty();
    };
  }
}
