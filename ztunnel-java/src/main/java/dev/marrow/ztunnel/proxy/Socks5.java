package dev.marrow.ztunnel.proxy;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads what a SOCKS5 client sends (RFC 1928): no authentication, CONNECT only. Each method looks
 * at all bytes so far and takes them only when its message is complete.
 */
final class Socks5 {
  static final int SUCCEEDED = 0;
  static final int GENERAL_FAILURE = 1;
  static final int HOST_UNREACHABLE = 4;
  static final int COMMAND_NOT_SUPPORTED = 7;
  static final int ADDRESS_NOT_SUPPORTED = 8;
  static final int NO_AUTHENTICATION = 0;
  static final int NO_METHOD = 0xff;

  private static final int VERSION = 5;
  private static final int CONNECT = 1;
  private static final int IPV4 = 1;
  private static final int DOMAIN = 3;
  private static final int IPV6 = 4;

  private Socks5() {}

  /** What came in. */
  sealed interface Message {
    /** Not complete yet. */
    record Incomplete() implements Message {}

    /** Methods were offered; this is the one to answer. */
    record Greeting(int method) implements Message {}

    record ConnectTo(InetSocketAddress address) implements Message {}

    record ConnectToName(String hostname, int port) implements Message {}

    /** Answer with {@code code} and close. */
    record Bad(int code) implements Message {}
  }

  static Message greeting(ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() >= 1 && in.getUnsignedByte(start) != VERSION) {
      return new Message.Bad(GENERAL_FAILURE);
    }
    int length = in.readableBytes() < 2 ? 2 : 2 + in.getUnsignedByte(start + 1);
    if (in.readableBytes() < length) {
      return new Message.Incomplete();
    }
    boolean open = in.indexOf(start + 2, start + length, (byte) NO_AUTHENTICATION) >= 0;
    in.skipBytes(length);
    return new Message.Greeting(open ? NO_AUTHENTICATION : NO_METHOD);
  }

  static Message request(ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() < 5) {
      return new Message.Incomplete();
    }
    if (in.getUnsignedByte(start) != VERSION) {
      return new Message.Bad(GENERAL_FAILURE);
    }
    int addressBytes = addressBytes(in.getUnsignedByte(start + 3), in.getUnsignedByte(start + 4));
    if (addressBytes < 0) {
      return new Message.Bad(ADDRESS_NOT_SUPPORTED);
    }
    if (in.readableBytes() < 4 + addressBytes + 2) {
      return new Message.Incomplete();
    }
    boolean connect = in.getUnsignedByte(start + 1) == CONNECT;
    int type = in.getUnsignedByte(start + 3);
    in.skipBytes(4);
    ByteBuf address = in.readSlice(addressBytes);
    int port = in.readUnsignedShort();
    return connect ? target(type, address, port) : new Message.Bad(COMMAND_NOT_SUPPORTED);
  }

  private static int addressBytes(int type, int first) {
    return switch (type) {
      case IPV4 -> 4;
      case IPV6 -> 16;
      case DOMAIN -> first == 0 ? -1 : 1 + first;
      default -> -1;
    };
  }

  private static Message target(int type, ByteBuf address, int port) {
    if (type == DOMAIN) {
      String name =
          address.toString(
              address.readerIndex() + 1, address.readableBytes() - 1, StandardCharsets.ISO_8859_1);
      return literal(name)
          .<Message>map(ip -> new Message.ConnectTo(new InetSocketAddress(ip, port)))
          .orElseGet(() -> new Message.ConnectToName(name, port));
    }
    byte[] bytes = new byte[address.readableBytes()];
    address.readBytes(bytes);
    try {
      return new Message.ConnectTo(new InetSocketAddress(InetAddress.getByAddress(bytes), port));
    } catch (UnknownHostException e) {
      return new Message.Bad(ADDRESS_NOT_SUPPORTED);
    }
  }

  private static Optional<InetAddress> literal(String name) {
    try {
      return Optional.of(dev.marrow.mesh.workload.IpText.parse(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A reply with the bound address 0.0.0.0:0. */
  static byte[] reply(int code) {
    return new byte[] {VERSION, (byte) code, 0, IPV4, 0, 0, 0, 0, 0, 0};
  }

  static byte[] method(int method) {
    return new byte[] {VERSION, (byte) method};
  }
}
