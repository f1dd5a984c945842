package dev.marrow.conformance.run;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Addresses as people write them: IPv6 in the short form of RFC 5952 §4. Pure. */
final class AddressText {
  private AddressText() {}

  static String of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return address.getHostAddress();
    }
    int[] groups =
        IntStream.range(0, 8)
            .map(i -> (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff)
            .toArray();
    int longest = 0;
    int at = -1;
    for (int from = 0; from < groups.length; from++) {
      int zeros = zeros(groups, from);
      if (zeros > Math.max(1, longest)) {
        longest = zeros;
        at = from;
      }
    }
    return at < 0 ? hex(groups, 0, 8) : hex(groups, 0, at) + "::" + hex(groups, at + longest, 8);
  }

  private static int zeros(int[] groups, int from) {
    int count = 0;
    while (from + count < groups.length && groups[from + count] == 0) {
      count++;
    }
    return count;
  }

  private static String hex(int[] groups, int from, int until) {
    return Arrays.stream(groups, from, until)
        .mapToObj(Integer::toHexString)
        .collect(Collectors.joining(":"));
  }
}
