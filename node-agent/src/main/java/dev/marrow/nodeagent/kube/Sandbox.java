package dev.marrow.nodeagent.kube;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * A pod's network.
 *
 * @param netns where this process can open its namespace
 * @param addresses as far as known before the API server knows them
 */
record Sandbox(Path netns, List<InetAddress> addresses) {
  Sandbox {
    addresses = List.copyOf(addresses);
  }
}
