package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.ip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.SpiffeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProxyHeaderTest {
  @Test
  void saysWhoConnectsFromWhereToWhat() {
    ByteBuf header =
        ProxyHeader.of(
            ByteBufAllocator.DEFAULT,
            new InetSocketAddress(ip("10.0.0.1"), 4711),
            new InetSocketAddress(ip("10.9.0.1"), 80),
            Optional.of(SpiffeId.parse("spiffe://cluster.local/ns/a/sa/b")),
            "shop.svc");

    byte[] signature = new byte[12];
    header.readBytes(signature);
    assertThat(signature).startsWith(0x0d, 0x0a, 0x0d, 0x0a, 0x00);
    assertThat(header.readUnsignedByte()).isEqualTo((short) 0x21);
    assertThat(header.readUnsignedByte()).isEqualTo((short) 0x11);
    assertThat(header.readUnsignedShort()).isEqualTo(header.readableBytes());
    assertThat(header.readInt()).isEqualTo(0x0a000001);
    assertThat(header.readInt()).isEqualTo(0x0a090001);
    assertThat(header.readUnsignedShort()).isEqualTo(4711);
    assertThat(header.readUnsignedShort()).isEqualTo(80);
    assertThat(tlv(header, 0xd0)).isEqualTo("spiffe://cluster.local/ns/a/sa/b");
    assertThat(tlv(header, 0xd1)).isEqualTo("shop.svc");
    assertThat(header.isReadable()).isFalse();
    header.release();
  }

  @Test
  void mixedFamiliesAreWrittenAsIpv6() {
    ByteBuf header =
        ProxyHeader.of(
            ByteBufAllocator.DEFAULT,
            new InetSocketAddress(ip("fd00::1"), 4711),
            new InetSocketAddress(ip("10.9.0.1"), 80),
            Optional.empty(),
            "");

    assertThat(header.getUnsignedByte(13)).isEqualTo((short) 0x21);
    assertThat(header.getUnsignedShort(14)).isEqualTo(36);
    assertThat(header.readableBytes()).isEqualTo(16 + 36);
    header.release();
  }

  private static String tlv(ByteBuf in, int type) {
    assertThat(in.readUnsignedByte()).isEqualTo((short) type);
    int length = in.readUnsignedShort();
    return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
  }
}
