package dev.marrow.ztunnel.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class OriginalDestinationTest {
  @Test
  void aV4AddressOfTheKernelIsRead() throws Exception {
    ByteBuffer address = bytes("02001f90c61200050000000000000000");

    assertThat(OriginalDestination.parse(address, true))
        .isEqualTo(new InetSocketAddress("198.18.0.5", 8080));
  }

  @Test
  void aV6AddressOfTheKernelIsRead() throws Exception {
    ByteBuffer address = bytes("0a00ffff00000000fd000000000000000000000000000001" + "00000000");

    assertThat(OriginalDestination.parse(address, false))
        .isEqualTo(new InetSocketAddress("fd00::1", 65535));
  }

  @Test
  void aMappedAddressBecomesV4() throws Exception {
    ByteBuffer address =
        bytes("0a00005000000000" + "00000000000000000000ffffc6120005" + "00000000");

    assertThat(OriginalDestination.parse(address, false))
        .isEqualTo(new InetSocketAddress("198.18.0.5", 80));
  }

  @Test
  void aScopeIsDropped() throws Exception {
    var scoped =
        java.net.Inet6Address.getByAddress("", InetAddress.getByName("fe80::1").getAddress(), 1);

    assertThat(OriginalDestination.unmapped(new InetSocketAddress(scoped, 1)))
        .isEqualTo(new InetSocketAddress("fe80::1", 1));
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }
}
