package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class Socks5Test {
  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
  }

  @Test
  void aGreetingThatOffersNoAuthenticationIsAccepted() {
    assertThat(Socks5.greeting(bytes("05020200"))).isEqualTo(new Socks5.Message.Greeting(0));
    assertThat(Socks5.greeting(bytes("050102"))).isEqualTo(new Socks5.Message.Greeting(0xff));
    assertThat(Socks5.greeting(bytes("0502"))).isEqualTo(new Socks5.Message.Incomplete());
    assertThat(Socks5.greeting(bytes("0401"))).isEqualTo(new Socks5.Message.Bad(1));
  }

  @Test
  void connectTakesAddressesOfBothFamiliesAndNames() {
    assertThat(Socks5.request(bytes("050100010a0000020050")))
        .isEqualTo(new Socks5.Message.ConnectTo(new InetSocketAddress(ip("10.0.0.2"), 80)));
    assertThat(Socks5.request(bytes("05010004fd0000000000000000000000000000010050")))
        .isEqualTo(new Socks5.Message.ConnectTo(new InetSocketAddress(ip("fd00::1"), 80)));
    assertThat(Socks5.request(bytes("0501000304686f73740050")))
        .isEqualTo(new Socks5.Message.ConnectToName("host", 80));
  }

  @Test
  void otherCommandsAndAddressTypesAreRefused() {
    assertThat(Socks5.request(bytes("050200010a0000020050")))
        .isEqualTo(new Socks5.Message.Bad(Socks5.COMMAND_NOT_SUPPORTED));
    assertThat(Socks5.request(bytes("050100090a0000020050")))
        .isEqualTo(new Socks5.Message.Bad(Socks5.ADDRESS_NOT_SUPPORTED));
  }

  @RepeatedTest(200)
  void garbageNeverThrows() {
    byte[] garbage = new byte[new Random().nextInt(64)];
    new Random().nextBytes(garbage);

    Socks5.greeting(Unpooled.wrappedBuffer(garbage));
    Socks5.request(Unpooled.wrappedBuffer(garbage));
  }
}
