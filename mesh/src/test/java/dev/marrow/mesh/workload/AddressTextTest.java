package dev.marrow.mesh.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "::1, 0:0:0:0:0:0:0:1",
    "fd00::1, fd00:0:0:0:0:0:0:1",
    "::ffff:10.0.0.1, 10.0.0.1"
  })
  void anAddressIsRead(String text, String read) {
    assertThat(IpText.parse(text).getHostAddress()).isEqualTo(read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "localhost",
        "10.0.0",
        "10.1",
        "1",
        "10.0.0.256",
        "010.0.0.1",
        "10.0.0.1 ",
        "+1.0.0.1",
        "1.2.3.4.5",
        "[::1]",
        "fe80::1%eth0",
        "::g",
        ":::",
        "1::2::3",
        ":",
        "a.b.c.d",
        "１.2.3.4"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> IpText.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("address");
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3/8, 10.200.0.1, true",
    "10.1.2.3/8, 11.0.0.0, false",
    "10.0.0.1/32, 10.0.0.1, true",
    "10.0.0.1/32, 10.0.0.2, false",
    "10.0.0.1, 10.0.0.1, true",
    "0.0.0.0/0, 200.1.1.1, true",
    "0.0.0.0/0, ::1, false",
    "::/0, ::1, true",
    "::/0, 10.0.0.1, false",
    "fd00:8000::/17, fd00:8001::1, true",
    "fd00:8000::/17, fd00:7fff::1, false",
    "::1/128, ::1, true"
  })
  void aBlockHoldsTheAddressesOfItsPrefix(String block, String address, boolean held) {
    assertThat(Cidr.parse(block).contains(IpText.parse(address))).isEqualTo(held);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/x", "/8"})
  void whatIsNoBlockIsRefused(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void blocksThatHoldTheSameAreEqual() {
    assertThat(Cidr.parse("10.1.2.3/8")).isEqualTo(Cidr.parse("10.9.9.9/8"));
    assertThat(Cidr.parse("10.1.2.3/8")).hasToString("10.0.0.0/8");
  }

  @Test
  void keysAreReadAndRefused() {
    assertThat(ServiceKey.parse("a/b.c")).hasToString("a/b.c");
    assertThat(NetworkAddress.parse("/10.0.0.1").network()).isEmpty();
    assertThat(NetworkAddress.parse("n/fd00::1")).hasToString("n/fd00:0:0:0:0:0:0:1");
    assertThatThrownBy(() -> ServiceKey.parse("a")).hasMessageContaining("namespace/hostname");
    assertThatThrownBy(() -> ServiceKey.parse("a/b/c")).hasMessageContaining("hostname");
    assertThatThrownBy(() -> NetworkAddress.parse("10.0.0.1"))
        .hasMessageContaining("network/address");
  }

  @Test
  void ofAPortThatIsListedTwiceTheLaterEntryCounts() {
    Ports ports =
        new Ports(
            java.util.List.of(
                new ServicePort(80, 1, AppProtocol.TCP), new ServicePort(80, 2, AppProtocol.TCP)));

    assertThat(ports.entries()).hasSize(1);
    assertThat(ports.target(80)).isEqualTo(2);
    assertThat(ports.target(81)).isZero();
  }
}
