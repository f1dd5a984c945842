package dev.marrow.ztunnel.proxy;

import dev.marrow.identity.SpiffeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Writes the PROXY protocol header, version 2 (haproxy's proxy-protocol.txt §2.2), with two TLVs of
 * the mesh: 0xD0 who connects, 0xD1 to which service.
 */
final class ProxyHeader {
  private static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };
  private static final int VERSION_2_PROXY = 0x21;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;
  private static final int LENGTH_INDEX = 14;
  private static final int PEER = 0xd0;
  private static final int SERVICE = 0xd1;

  private ProxyHeader() {}

  /**
   * The header.
   *
   * @param service the service's host name; empty for none
   */
  static ByteBuf of(
      ByteBufAllocator alloc,
      InetSocketAddress from,
      InetSocketAddress to,
      Optional<SpiffeId> peer,
      String service) {
    boolean v4 =
        from.getAddress() instanceof Inet4Address && to.getAddress() instanceof Inet4Address;
    ByteBuf out = alloc.buffer(256);
    out.writeBytes(SIGNATURE).writeByte(VERSION_2_PROXY).writeByte(v4 ? TCP4 : TCP6).writeShort(0);
    address(out, from.getAddress(), v4);
    address(out, to.getAddress(), v4);
    out.writeShort(from.getPort()).writeShort(to.getPort());
    peer.ifPresent(id -> tlv(out, PEER, id.toString()));
    if (!service.isEmpty()) {
      tlv(out, SERVICE, service);
    }
    out.setShort(LENGTH_INDEX, out.readableBytes() - LENGTH_INDEX - 2);
    return out;
  }

  private static void address(ByteBuf out, InetAddress address, boolean v4) {
    byte[] bytes = address.getAddress();
    if (!v4 && bytes.length == 4) {
      out.writeZero(10).writeShort(0xffff);
    }
    out.writeBytes(bytes);
  }

  private static void tlv(ByteBuf out, int type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeByte(type).writeShort(bytes.length).writeBytes(bytes);
  }
}
