package dev.marrow.waypoint.filter;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The five bytes in front of a gRPC message: not compressed, and its length. Pure. */
final class GrpcFrame {
  private static final int HEAD = 5;

  private GrpcFrame() {}

  static byte[] of(byte[] message) {
    return ByteBuffer.allocate(message.length + HEAD)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  /** The one message in {@code body}; empty if it is compressed, cut off, or not alone. */
  static Optional<byte[]> message(byte[] body) {
    boolean one =
        body.length >= HEAD
            && body[0] == 0
            && ByteBuffer.wrap(body).getInt(1) == body.length - HEAD;
    return one ? Optional.of(Arrays.copyOfRange(body, HEAD, body.length)) : Optional.empty();
  }
}
