package dev.marrow.cli.local.plan;

/**
 * The address plan of a local mesh. All of it lies in 198.18.0.0/15 and fd00::/8, and none of it is
 * reachable from outside the mesh's own namespaces, so that several meshes may use the same
 * addresses side by side.
 */
public final class Addresses {
  /** Pods a node has room for; slots count from 0. */
  public static final int PODS_PER_NODE = 250;

  public static final int MAX_NODES = 100;
  public static final int MAX_SERVICES = 20_000;
  public static final String BRIDGE = "198.19.128.1";
  public static final String BRIDGE_V6 = "fd00:198:19:80::1";
  public static final String CONTROL_PLANE = "198.19.128.2";
  public static final String CONTROL_PLANE_V6 = "fd00:198:19:80::2";
  public static final String DNS = "198.19.0.10";

  /** Probes of the kubelet's kind come from here, and redirect rules let them pass by the proxy. */
  public static final String PROBE = "169.254.7.127";

  public static final String PROBE_V6 = "fd16:9254:7127:1337:ffff:ffff:ffff:ffff";
  public static final String SERVICES = "198.19.0.0/17";
  public static final String SERVICES_V6 = "fd00:198:19::/108";

  private static final int FIRST_SERVICE = 256;

  private Addresses() {}

  public static String node(int node) {
    return "198.19.128." + (10 + node);
  }

  public static String nodeV6(int node) {
    return "fd00:198:19:80::" + (10 + node);
  }

  /** The pods of one node. */
  public static String pods(int node) {
    return "198.18." + node + ".0/24";
  }

  public static String podsV6(int node) {
    return "fd00:198:18:" + Integer.toHexString(node) + "::/64";
  }

  /** The node as its pods see it. */
  public static String gateway(int node) {
    return "198.18." + node + ".1";
  }

  public static String gatewayV6(int node) {
    return "fd00:198:18:" + Integer.toHexString(node) + "::1";
  }

  public static String pod(int node, int slot) {
    check(slot, PODS_PER_NODE, "slot");
    return "198.18." + node + "." + (slot + 2);
  }

  public static String podV6(int node, int slot) {
    check(slot, PODS_PER_NODE, "slot");
    return "fd00:198:18:" + Integer.toHexString(node) + "::" + Integer.toHexString(slot + 2);
  }

  public static String service(int index) {
    check(index, MAX_SERVICES, "service");
    int number = FIRST_SERVICE + index;
    return "198.19." + number / 256 + "." + number % 256;
  }

  public static String serviceV6(int index) {
    check(index, MAX_SERVICES, "service");
    return "fd00:198:19::" + Integer.toHexString(FIRST_SERVICE + index);
  }

  private static void check(int number, int limit, String name) {
    if (number < 0 || number >= limit) {
      throw new IllegalArgumentException(
          "%s: %d (expected: 0..%d)".formatted(name, number, limit - 1));
    }
  }
}
