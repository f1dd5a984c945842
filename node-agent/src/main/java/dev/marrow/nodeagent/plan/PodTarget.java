package dev.marrow.nodeagent.plan;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * A pod of this node that is to be in the mesh.
 *
 * @param netns where its network namespace can be opened
 */
public record PodTarget(
    String uid,
    String namespace,
    String name,
    String serviceAccount,
    Path netns,
    List<InetAddress> addresses,
    Redirection redirection) {
  public PodTarget {
    addresses = List.copyOf(addresses);
    check("uid", uid);
    check("namespace", namespace);
    check("name", name);
    check("serviceAccount", serviceAccount);
  }

  private static void check(String what, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("pod %s: '' (expected: not empty)".formatted(what));
    }
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
