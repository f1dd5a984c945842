package dev.marrow.conformance.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The first message of a TLS server (RFC 8446 §4.1.3).
 *
 * @param extensions their types
 */
public record ServerHello(byte[] random, Set<Integer> extensions) {
  private static final int HANDSHAKE = 22;
  private static final int SERVER_HELLO = 2;

  public ServerHello {
    random = random.clone();
    extensions = Set.copyOf(extensions);
  }

  /** Reads it from the first record; empty if that holds something else. */
  public static Optional<ServerHello> parse(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      if (in.get() != HANDSHAKE || in.position(5).get() != SERVER_HELLO) {
        return Optional.empty();
      }
      byte[] random = new byte[32];
      in.position(11).get(random);
      in.position(in.position() + 1 + (in.get(in.position()) & 0xff) + 3);
      Set<Integer> types = new TreeSet<>();
      int end =
          in.hasRemaining() ? Math.min(in.limit(), (in.getShort() & 0xffff) + in.position()) : 0;
      while (in.position() + 4 <= end) {
        types.add(in.getShort() & 0xffff);
        int length = in.getShort() & 0xffff;
        in.position(Math.min(end, in.position() + length));
      }
      return Optional.of(new ServerHello(random, types));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
