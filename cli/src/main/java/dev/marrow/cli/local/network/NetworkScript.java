package dev.marrow.cli.local.network;

import dev.marrow.cli.local.plan.Addresses;
import dev.marrow.cli.local.plan.PlannedPod;

/**
 * The shell commands that make and unmake the mesh's links. Pure text. Nodes hang on one bridge and
 * route to one another; each pod has a link of its own into its node, with the node as its only
 * neighbour, so that all of a pod's traffic passes the node's rules.
 */
public final class NetworkScript {
  private final Names names;
  private final int nodes;
  private final StringBuilder text = new StringBuilder("set -e\n");

  private NetworkScript(Names names, int nodes) {
    this.names = names;
    this.nodes = nodes;
  }

  /** The bridge and the control plane's place. */
  public static String bridge(Names names, int nodes) {
    NetworkScript script = new NetworkScript(names, nodes);
    String bridge = names.bridge();
    script.namespace(bridge);
    script.batch(
        bridge,
        "link add br0 type bridge",
        "addr add " + Addresses.BRIDGE + "/24 dev br0",
        "addr add " + Addresses.DNS + "/32 dev br0",
        "addr add " + Addresses.PROBE + "/32 dev br0",
        "addr add " + Addresses.BRIDGE_V6 + "/64 dev br0 nodad",
        "addr add " + Addresses.PROBE_V6 + "/128 dev br0 nodad",
        "link set br0 up");
    script.podRoutes(bridge, 0);
    script.host(names.controlPlane(), "cp", Addresses.CONTROL_PLANE, Addresses.CONTROL_PLANE_V6);
    script.podRoutes(names.controlPlane(), 0);
    return script.text.toString();
  }

  public static String node(Names names, int nodes, int node) {
    NetworkScript script = new NetworkScript(names, nodes);
    String name = names.node(node);
    script.host(name, "n" + node, Addresses.node(node), Addresses.nodeV6(node));
    script.podRoutes(name, node);
    // Rules turn these into pods' addresses, but a route has to exist before they are asked.
    script.batch(
        name,
        "route add " + Addresses.SERVICES + " via " + Addresses.BRIDGE,
        "route add " + Addresses.SERVICES_V6 + " via " + Addresses.BRIDGE_V6);
    return script.text.toString();
  }

  public static String pod(Names names, PlannedPod pod) {
    NetworkScript script = new NetworkScript(names, 0);
    int node = pod.seat().node();
    String inNode = names.node(node);
    String name = names.pod(pod.key());
    String link = "v" + pod.seat().slot();
    // What an interrupted attempt left would be in the way.
    script.text.append("ip netns del ").append(name).append(" 2>/dev/null || :\n");
    script
        .text
        .append("ip -n ")
        .append(inNode)
        .append(" link del ")
        .append(link)
        .append(" 2>/dev/null || :\n");
    script.namespace(name);
    script.line(
        "ip -n " + inNode + " link add " + link + " type veth peer name eth0 netns " + name);
    script.batch(
        inNode,
        "addr add " + Addresses.gateway(node) + "/32 dev " + link,
        "addr add " + Addresses.gatewayV6(node) + "/128 dev " + link + " nodad",
        "link set " + link + " up",
        "route add " + pod.seat().v4() + "/32 dev " + link,
        "route add " + pod.seat().v6() + "/128 dev " + link);
    script.batch(
        name,
        "addr add " + pod.seat().v4() + "/32 dev eth0",
        "addr add " + pod.seat().v6() + "/128 dev eth0 nodad",
        "link set eth0 up",
        "route add " + Addresses.gateway(node) + " dev eth0",
        "route add default via " + Addresses.gateway(node),
        "route add " + Addresses.gatewayV6(node) + " dev eth0",
        "route add default via " + Addresses.gatewayV6(node));
    return script.text.toString();
  }

  /**
   * The link goes first: a proxy that still holds sockets in the namespace keeps it alive for a
   * while.
   */
  public static String removePod(Names names, PlannedPod pod) {
    String inNode = names.node(pod.seat().node());
    return "ip -n %s link del v%d 2>/dev/null\nip netns del %s 2>/dev/null\nexit 0\n"
        .formatted(inNode, pod.seat().slot(), names.pod(pod.key()));
  }

  private void namespace(String name) {
    line("ip netns add " + name);
    line("ip -n " + name + " link set lo up");
  }

  /** A namespace on the bridge that forwards. */
  private void host(String name, String link, String v4, String v6) {
    namespace(name);
    line(
        "ip -n "
            + names.bridge()
            + " link add "
            + link
            + " type veth peer name eth0 netns "
            + name);
    line("ip -n " + names.bridge() + " link set " + link + " master br0 up");
    batch(
        name,
        "addr add " + v4 + "/24 dev eth0",
        "addr add " + v6 + "/64 dev eth0 nodad",
        "link set eth0 up",
        "route add " + Addresses.PROBE + " via " + Addresses.BRIDGE,
        "route add " + Addresses.PROBE_V6 + " via " + Addresses.BRIDGE_V6);
    line(
        "nsenter --net="
            + Names.path(name)
            + " sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'");
  }

  private void podRoutes(String name, int self) {
    StringBuilder routes = new StringBuilder();
    for (int node = 1; node <= nodes; node++) {
      if (node != self) {
        routes
            .append("route add ")
            .append(Addresses.pods(node))
            .append(" via ")
            .append(Addresses.node(node))
            .append('\n');
        routes
            .append("route add ")
            .append(Addresses.podsV6(node))
            .append(" via ")
            .append(Addresses.nodeV6(node))
            .append('\n');
      }
    }
    if (!routes.isEmpty()) batch(name, routes.toString().strip());
  }

  private void batch(String name, String... commands) {
    line("ip -n " + name + " -batch - <<'END'");
    for (String command : commands) line(command);
    line("END");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
