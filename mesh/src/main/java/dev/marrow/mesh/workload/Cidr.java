package dev.marrow.mesh.workload;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A block of addresses, for example {@code 10.0.0.0/8}. Bits of {@code base} beyond the prefix are
 * cleared, so that equal blocks are equal values.
 *
 * @param prefixLength leading bits that count: 0-32 for IPv4, 0-128 for IPv6
 */
public record Cidr(InetAddress base, int prefixLength) {
  public Cidr {
    int bits = bits(base);
    Check.that(
        prefixLength >= 0 && prefixLength <= bits, "prefix length", prefixLength, "0-" + bits);
    base = IpText.fromBytes(masked(base.getAddress(), prefixLength));
  }

  /** The block that holds {@code address} alone. */
  public static Cidr of(InetAddress address) {
    return new Cidr(address, bits(address));
  }

  /** Reads {@code address/length}, or an address alone. */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return of(IpText.parse(text));
    }
    String length = text.substring(slash + 1);
    boolean number =
        !length.isEmpty()
            && length.length() <= 3
            && length.chars().allMatch(c -> c >= '0' && c <= '9');
    Check.that(number, "prefix length", length, "a number");
    return new Cidr(IpText.parse(text.substring(0, slash)), Integer.parseInt(length));
  }

  /** Whether {@code address} lies in this block; an address of the other family never does. */
  public boolean contains(InetAddress address) {
    if (address instanceof Inet4Address != base instanceof Inet4Address) {
      return false;
    }
    if (base instanceof Inet4Address) {
      // An IPv4 address hashes to its own 32 bits (java.net.Inet4Address), so nothing is copied.
      int differing = base.hashCode() ^ address.hashCode();
      return prefixLength == 0 || differing >>> (Integer.SIZE - prefixLength) == 0;
    }
    return base.equals(IpText.fromBytes(masked(address.getAddress(), prefixLength)));
  }

  /** The block of {@code prefixLength} bits around {@code address}. */
  public static InetAddress baseOf(InetAddress address, int prefixLength) {
    return IpText.fromBytes(masked(address.getAddress(), prefixLength));
  }

  private static int bits(InetAddress address) {
    return address instanceof Inet4Address ? 32 : 128;
  }

  private static byte[] masked(byte[] bytes, int length) {
    for (int i = 0; i < bytes.length; i++) {
      int kept = Math.clamp(length - i * Byte.SIZE, 0, Byte.SIZE);
      bytes[i] &= (byte) (0xFF << (Byte.SIZE - kept));
    }
    return bytes;
  }

  @Override
  public String toString() {
    return base.getHostAddress() + "/" + prefixLength;
  }
}
