package dev.marrow.controlplane.compile;

import com.google.protobuf.ByteString;
import dev.marrow.mesh.workload.IpText;
import java.util.Optional;

/**
 * An IP address or a block of them, from text, without asking anybody for names.
 *
 * @param prefixLength of the block; 32 or 128 for a single address
 */
public record Ip(ByteString bytes, int prefixLength) {
  /** Reads {@code 10.0.0.1}, {@code fd00::1} or a block with {@code /length}. */
  public static Optional<Ip> parse(String text) {
    int slash = text.indexOf('/');
    byte[] bytes;
    try {
      bytes = IpText.parse(slash < 0 ? text : text.substring(0, slash)).getAddress();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    int bits = bytes.length * 8;
    int length = slash < 0 ? bits : length(text.substring(slash + 1));
    return length < 0 || length > bits
        ? Optional.empty()
        : Optional.of(new Ip(ByteString.copyFrom(bytes), length));
  }

  private static int length(String text) {
    return text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
  }

  public boolean block() {
    return prefixLength < bytes.size() * 8;
  }
}
