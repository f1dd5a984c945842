package dev.marrow.mesh.workload;

import java.net.InetAddress;

/**
 * An address in one network; two networks may use the same address for different things.
 *
 * @param network "" is the default network
 */
public record NetworkAddress(String network, InetAddress address) {
  /** Reads {@code network/address}; the network may be empty. */
  public static NetworkAddress parse(String text) {
    int slash = text.lastIndexOf('/');
    Check.that(slash >= 0, "network address", text, "network/address");
    return new NetworkAddress(text.substring(0, slash), IpText.parse(text.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return network + "/" + address.getHostAddress();
  }
}
