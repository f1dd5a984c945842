package dev.marrow.waypoint.authorize;

import dev.marrow.waypoint.route.RequestTexts;
import java.util.List;
import java.util.Set;

/**
 * What a request wants. All parts must hold. Methods are told apart by case, as HTTP does; hosts
 * are not, and match with or without their port.
 */
public record Operation(
    Texts hosts, Texts methods, Texts paths, Set<Integer> ports, Set<Integer> notPorts) {
  public Operation {
    ports = Set.copyOf(ports);
    notPorts = Set.copyOf(notPorts);
  }

  boolean matches(RequestFacts facts) {
    int port = facts.destination().getPort();
    return (ports.isEmpty() || ports.contains(port))
        && !notPorts.contains(port)
        && (methods.isAny() || methods.admits(facts.method()))
        && (paths.isAny() || paths.admits(facts.path()))
        && (hosts.isAny() || hostAdmitted(facts.host()));
  }

  private boolean hostAdmitted(String host) {
    String bare = RequestTexts.withoutPort(host);
    if (bare.length() == host.length()) {
      return hosts.admits(host);
    }
    Texts wanted = new Texts(hosts.wanted(), List.of());
    Texts unwanted = new Texts(List.of(), hosts.unwanted());
    return (wanted.admits(host) || wanted.admits(bare))
        && unwanted.admits(host)
        && unwanted.admits(bare);
  }

  boolean isAny() {
    return !needsHttp() && ports.isEmpty() && notPorts.isEmpty();
  }

  boolean needsHttp() {
    return !hosts.isAny() || !methods.isAny() || !paths.isAny();
  }
}
