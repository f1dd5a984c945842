package dev.marrow.conformance.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * One connection as a policy sees it.
 *
 * @param id the SPIFFE id of the caller; empty for plaintext
 * @param source the caller's address
 * @param port where it goes
 */
public record Caller(String id, String source, int port) {
  private static final String SCHEME = "spiffe://";

  String principal() {
    return id.isEmpty() ? "" : id.substring(SCHEME.length());
  }

  private String part(String name) {
    String[] parts = principal().split("/", -1);
    for (int i = 1; i + 1 < parts.length; i += 2) {
      if (parts[i].equals(name)) {
        return parts[i + 1];
      }
    }
    return "";
  }

  boolean has(Attribute attribute, Pattern pattern) {
    return switch (attribute) {
      case PRINCIPALS -> pattern.matches(principal());
      case NAMESPACES -> pattern.matches(part("ns"));
      case SERVICE_ACCOUNTS -> pattern.matches(part("ns") + "/" + part("sa"));
      case SOURCE_IPS -> within(source, pattern.text());
      case DESTINATION_PORTS -> pattern.matches(String.valueOf(port));
    };
  }

  private static boolean within(String address, String block) {
    int slash = block.indexOf('/');
    try {
      byte[] own = InetAddress.getByName(address).getAddress();
      byte[] other =
          InetAddress.getByName(slash < 0 ? block : block.substring(0, slash)).getAddress();
      int bits = slash < 0 ? own.length * 8 : Integer.parseInt(block.substring(slash + 1));
      if (own.length != other.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> i % 8;
        if ((own[i / 8] & mask) != (other[i / 8] & mask)) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("block: '%s' (expected: an address)".formatted(block), e);
    }
  }
}
