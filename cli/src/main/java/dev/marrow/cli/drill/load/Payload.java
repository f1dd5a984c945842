package dev.marrow.cli.drill.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The bytes of one request: its sender and number, then bytes that follow from both. Bytes that
 * came from another request, or in another order, are never equal.
 */
final class Payload {
  private Payload() {}

  static byte[] of(String sender, long number, int size) {
    byte[] name = (sender + "/" + number + "/").getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[Math.max(size, name.length)];
    new SplittableRandom(number * 31 + sender.hashCode()).nextBytes(bytes);
    System.arraycopy(name, 0, bytes, 0, name.length);
    return bytes;
  }

  /** Throws if {@code answer} is not what was sent; says how it differs. */
  static void check(byte[] sent, byte[] answer) throws WrongAnswer {
    if (Arrays.equals(sent, answer)) return;
    int same = Arrays.mismatch(sent, answer);
    if (same == answer.length) {
      throw new WrongAnswer("truncated after %d of %d bytes".formatted(same, sent.length));
    }
    throw new WrongAnswer("byte %d differs, of %d".formatted(same, sent.length));
  }
}
