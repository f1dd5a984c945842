package dev.marrow.conformance.wire;

import java.io.IOException;
import java.util.Arrays;

/**
 * Cuts the first flight, which is plaintext, into pieces that are legal but unusual (RFC 8446
 * §5.1).
 */
final class HelloCutter {
  private static final int RECORD_HEADER = 5;

  private HelloCutter() {}

  static void send(byte[] flight, TlsOffer.HelloShape shape, TcpLink tcp) throws IOException {
    switch (shape) {
      case WHOLE, DAMAGED_FINISHED -> tcp.write(flight);
      case ONE_BYTE_SEGMENTS -> segments(flight, tcp);
      case ONE_BYTE_RECORDS -> tcp.write(records(flight, 1));
      case SPLIT_HANDSHAKE_HEADER -> tcp.write(records(flight, 3));
    }
  }

  private static void segments(byte[] flight, TcpLink tcp) throws IOException {
    for (byte b : flight) {
      tcp.write(new byte[] {b});
    }
  }

  // Only the first record, the ClientHello, is cut; what follows it goes out as it is.
  private static byte[] records(byte[] flight, int size) {
    int length = (flight[3] & 0xff) << 8 | flight[4] & 0xff;
    int end = RECORD_HEADER + length;
    byte[] body = Arrays.copyOfRange(flight, RECORD_HEADER, end);
    int pieces = (body.length + size - 1) / size;
    byte[] out = new byte[pieces * RECORD_HEADER + body.length + flight.length - end];
    int at = 0;
    for (int from = 0; from < body.length; from += size) {
      int count = Math.min(size, body.length - from);
      System.arraycopy(flight, 0, out, at, 3);
      out[at + 3] = (byte) (count >> 8);
      out[at + 4] = (byte) count;
      System.arraycopy(body, from, out, at + RECORD_HEADER, count);
      at += RECORD_HEADER + count;
    }
    System.arraycopy(flight, end, out, at, flight.length - end);
    return out;
  }
}
