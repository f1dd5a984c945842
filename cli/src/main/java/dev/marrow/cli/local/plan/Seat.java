package dev.marrow.cli.local.plan;

/**
 * Where a pod lives and who it is; it keeps both as long as it exists.
 *
 * @param node counted from 1
 * @param slot its place among the node's addresses
 */
public record Seat(int node, int slot, String uid) {
  public String v4() {
    return Addresses.pod(node, slot);
  }

  public String v6() {
    return Addresses.podV6(node, slot);
  }

  public String nodeName() {
    return nodeName(node);
  }

  public static String nodeName(int node) {
    return "node-" + node;
  }
}
