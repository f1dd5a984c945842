package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKS5 clients of a pod, on its own loopback address, and what they are answered. */
class Socks5ListenerTest {
  private static final String SHOP = "default/shop.default.svc.cluster.local";
  private static final String GREETING = "050100";
  private static final String WELCOME = "0500";
  private static final String SUCCESS = "05000001000000000000";

  private final TestNode node = new TestNode(Socks5ListenerTest::upstream);
  private final String clientIp = TestNode.address();
  private final String shopIp = TestNode.address();
  private TestApp app;

  /** As a name server outside of the mesh: it knows one name. */
  private static List<InetAddress> upstream(String name) throws UnknownHostException {
    if (name.startsWith("at-")) {
      return List.of(InetAddress.ofLiteral(name.substring(3).replace('-', '.')));
    }
    throw new UnknownHostException(name);
  }

  @BeforeEach
  void start() throws IOException {
    app = TestApp.echo(shopIp);
    node.mesh.put(
        workload("client").account("client").at(clientIp),
        workload("shop").account("shop").at(shopIp).backs(SHOP, 80, app.port()),
        service(SHOP).vips("/198.18.255.1").ports(80, app.port()));
    node.pod("client", clientIp);
    node.pod("shop", shopIp);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
    app.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop", "shop.default", "shop.default.svc.cluster.local"})
  void aNameOfTheMeshLeadsIntoATunnel(String name) throws IOException {
    try (Socket socket = greeted()) {
      assertThat(ask(socket, toName(name, 80), 10)).isEqualTo(SUCCESS);

      assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
    }
    node.awaitLog("dst.hbone_addr=" + shopIp + ":" + app.port());
  }

  @Test
  void anotherNameIsLookedUpOutside() throws IOException {
    String outsideIp = TestNode.address();
    try (TestApp outside = TestApp.echo(outsideIp);
        Socket socket = greeted()) {
      String name = "at-" + outsideIp.replace('.', '-');

      assertThat(ask(socket, toName(name, outside.port()), 10)).isEqualTo(SUCCESS);

      assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
    }
  }

  @Test
  void aNameThatNobodyKnowsIsAHostThatCannotBeReached() throws IOException {
    try (Socket socket = greeted()) {
      assertThat(ask(socket, toName("nobody.example", 80), 10)).startsWith("0504");

      assertThat(TestApp.over(socket)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"04fd000000000000000000000000000001", "0307666430303a3a31"})
  void anAddressOfIpv6IsTakenAsBytesAndAsText(String address) throws IOException {
    try (Socket socket = greeted()) {
      assertThat(ask(socket, "050100" + address + "0009", 10)).isEqualTo(SUCCESS);
    }
    node.awaitLog("dst.addr=[fd00::1]:9");
  }

  @Test
  void whoOffersNoMethodOfOursIsToldSo() throws IOException {
    try (Socket socket = connect()) {
      assertThat(ask(socket, "05020102", 2)).as("GSSAPI and a password").isEqualTo("05ff");

      assertThat(TestApp.over(socket)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0502, 0507", // BIND
    "0503, 0507", // UDP ASSOCIATE
    "0401, 0501", // another version
  })
  void whatIsNotConnectIsRefused(String versionAndCommand, String answer) throws IOException {
    try (Socket socket = greeted()) {
      String request = versionAndCommand + toName("shop", 80).substring(4);

      assertThat(ask(socket, request, 10)).startsWith(answer);

      assertThat(TestApp.over(socket)).isTrue();
    }
  }

  @Test
  void ourOwnPortsAreRefused() throws IOException {
    try (Socket socket = greeted()) {
      String request = "050100017f000001" + port(IllegalPorts.OUTBOUND);

      assertThat(ask(socket, request, 10)).startsWith("0501");
    }
  }

  @Test
  void portZeroIsRefused() throws IOException {
    try (Socket socket = greeted()) {
      assertThat(ask(socket, toName("shop", 0), 10)).startsWith("0501");

      assertThat(TestApp.over(socket)).isTrue();
    }
    node.awaitLog("error=\"port: 0 (expected: 1 to 65535)\"");
  }

  private Socket connect() throws IOException {
    var socket = new Socket();
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(clientIp, IllegalPorts.SOCKS5), 10_000);
    return socket;
  }

  private Socket greeted() throws IOException {
    Socket socket = connect();
    assertThat(ask(socket, GREETING, 2)).isEqualTo(WELCOME);
    return socket;
  }

  /** Sends and reads bytes in hexadecimal digits. */
  private static String ask(Socket socket, String message, int answerBytes) throws IOException {
    socket.getOutputStream().write(HexFormat.of().parseHex(message));
    return HexFormat.of().formatHex(socket.getInputStream().readNBytes(answerBytes));
  }

  private static String toName(String name, int port) {
    var request = new ByteArrayOutputStream();
    request.writeBytes(new byte[] {5, 1, 0, 3, (byte) name.length()});
    request.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(request.toByteArray()) + port(port);
  }

  private static String port(int port) {
    return HexFormat.of().toHexDigits((short) port);
  }
}
