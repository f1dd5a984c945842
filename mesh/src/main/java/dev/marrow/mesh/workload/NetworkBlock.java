package dev.marrow.mesh.workload;

/**
 * A block of addresses in one network, for services that own a whole range.
 *
 * @param network "" is the default network
 */
public record NetworkBlock(String network, Cidr block) {
  /** Reads {@code network/address/length}; the network may be empty. */
  public static NetworkBlock parse(String text) {
    int length = text.lastIndexOf('/');
    int slash = length < 0 ? -1 : text.lastIndexOf('/', length - 1);
    Check.that(slash >= 0, "network block", text, "network/address/length");
    return new NetworkBlock(text.substring(0, slash), Cidr.parse(text.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return network + "/" + block;
  }
}
