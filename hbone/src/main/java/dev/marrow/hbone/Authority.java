package dev.marrow.hbone;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * The target of a CONNECT (RFC 9110 §9.3.6): {@code 10.0.0.1:80}, {@code [fd00::1]:80} or {@code
 * reviews.shop.svc.cluster.local:80}. The port is never left out.
 */
public sealed interface Authority {
  int port();

  /** The text for {@code :authority}. */
  String text();

  /** An address, IPv4 or IPv6. */
  record Address(InetAddress ip, int port) implements Authority {
    public Address {
      checkPort(port);
    }

    public InetSocketAddress socketAddress() {
      return new InetSocketAddress(ip, port);
    }

    @Override
    public String text() {
      String host = NetUtil.toAddressString(ip);
      return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
  }

  /** A host name in lower case, at most 253 characters. */
  record Host(String name, int port) implements Authority {
    private static final int MAX_LENGTH = 253;

    public Host {
      checkPort(port);
      if (!valid(name)) {
        throw new IllegalArgumentException(
            "host: '%s' (expected: labels of a-z, 0-9, '-', '_')".formatted(name));
      }
    }

    @Override
    public String text() {
      return name + ":" + port;
    }

    private static boolean valid(String name) {
      if (name.isEmpty() || name.length() > MAX_LENGTH) {
        return false;
      }
      int label = 0;
      for (int i = 0; i < name.length(); i++) {
        char c = name.charAt(i);
        boolean letter = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_';
        label = letter ? label + 1 : 0;
        if (!letter && (c != '.' || i == 0 || name.charAt(i - 1) == '.') || label > 63) {
          return false;
        }
      }
      return name.charAt(name.length() - 1) != '.';
    }
  }

  static Authority of(InetSocketAddress address) {
    return address.isUnresolved()
        ? new Host(address.getHostString(), address.getPort())
        : new Address(address.getAddress(), address.getPort());
  }

  /**
   * Reads an authority strictly: no user info, zone, sign, space or path, port 1 to 65535. Empty
   * for anything else; a dotted number that is no IPv4 address is no host either.
   */
  static Optional<Authority> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || text.length() > 300) {
      return Optional.empty();
    }
    int port = port(text, colon + 1);
    if (port < 1) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    if (host.charAt(0) == '[') {
      return host.endsWith("]") ? v6(host.substring(1, host.length() - 1), port) : Optional.empty();
    }
    if (NetUtil.isValidIpV4Address(host)) {
      return Optional.of(address(NetUtil.createByteArrayFromIpAddressString(host), port));
    }
    return host(host, port);
  }

  private static Optional<Authority> v6(String host, int port) {
    if (host.indexOf('%') >= 0 || host.indexOf('[') >= 0 || !NetUtil.isValidIpV6Address(host)) {
      return Optional.empty();
    }
    return Optional.of(address(NetUtil.createByteArrayFromIpAddressString(host), port));
  }

  private static Optional<Authority> host(String text, int port) {
    String name = text.toLowerCase(java.util.Locale.ROOT);
    String last = name.substring(name.lastIndexOf('.') + 1);
    boolean numeric = !last.isEmpty() && last.chars().allMatch(c -> c >= '0' && c <= '9');
    return Host.valid(name) && !numeric ? Optional.of(new Host(name, port)) : Optional.empty();
  }

  private static Address address(byte[] ip, int port) {
    try {
      return new Address(InetAddress.getByAddress(ip), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("ip: %d bytes (expected: 4 or 16)".formatted(ip.length), e);
    }
  }

  /** The port, or -1. No sign and no leading zero: one number has one spelling. */
  private static int port(String text, int from) {
    int length = text.length() - from;
    if (length < 1 || length > 5 || text.charAt(from) == '0') {
      return -1;
    }
    int port = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      port = port * 10 + (c - '0');
    }
    return port <= 65_535 ? port : -1;
  }

  private static void checkPort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: %d (expected: 1 to 65535)".formatted(port));
    }
  }
}
