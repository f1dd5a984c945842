package dev.marrow.cli.local.dns;

import static dev.marrow.cli.local.Objects.deployment;
import static dev.marrow.cli.local.Objects.plan;
import static dev.marrow.cli.local.Objects.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.cli.local.network.Endpoints;
import dev.marrow.cli.local.plan.MeshPlan;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnsServerTest {
  private static final int A = 1;
  private static final int AAAA = 28;
  private static final int NO_SUCH_NAME = 3;

  @TempDir private Path directory = Path.of("");

  private record Reply(int code, boolean cut, List<String> addresses) {}

  private Zone zone() throws IOException {
    MeshPlan plan =
        plan(
            directory,
            deployment("web", 2, "")
                + service("web", "")
                + deployment("db", 2, "")
                + service("db", "  clusterIP: None\n"));
    List<Endpoints> services =
        plan.services().values().stream()
            .map(service ->
                new Endpoints(
                    service, plan.pods().values().stream().filter(service::selects).toList()))
            .toList();
    return Zone.of("cluster.local", services, plan.pods().values());
  }

  private static byte[] query(String name, int type) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeShort(77);
    out.writeShort(0x0100);
    out.writeShort(1);
    out.write(new byte[6]);
    for (String label : name.split("\\.")) {
      out.writeByte(label.length());
      out.write(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.writeByte(0);
    out.writeShort(type);
    out.writeShort(1);
    return bytes.toByteArray();
  }

  private static Reply reply(byte[] answer, int questionBytes) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(answer);
    assertThat(in.getShort()).isEqualTo((short) 77);
    int flags = in.getShort();
    in.getShort();
    int count = in.getShort();
    in.position(questionBytes);
    List<String> addresses = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      in.position(in.position() + 10);
      byte[] address = new byte[in.getShort()];
      in.get(address);
      addresses.add(InetAddress.getByAddress(address).getHostAddress());
    }
    return new Reply(flags & 15, (flags & 0x200) != 0, addresses);
  }

  private static DnsServer serving(Zone zone) throws IOException {
    DnsServer server = DnsServer.listen(new InetSocketAddress("127.0.0.1", 0));
    server.publish(zone);
    return server;
  }

  private static Reply ask(Zone zone, String name, int type) throws IOException {
    byte[] query = query(name, type);
    try (DnsServer server = serving(zone);
        DatagramSocket socket = new DatagramSocket()) {
      send(query, server, socket);
      return receive(query, socket);
    }
  }

  private static void send(byte[] query, DnsServer server, DatagramSocket socket)
      throws IOException {
    socket.send(
        new DatagramPacket(query, query.length, new InetSocketAddress("127.0.0.1", server.port())));
  }

  private static Reply receive(byte[] query, DatagramSocket socket) throws IOException {
    socket.setSoTimeout(20_000);
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    socket.receive(packet);
    return reply(Arrays.copyOf(packet.getData(), packet.getLength()), query.length);
  }

  @Test
  void aQuestionBeforeTheNamesAreKnownWaitsForThem() throws IOException {
    byte[] query = query("web.shop.svc.cluster.local", A);
    try (DnsServer server = DnsServer.listen(new InetSocketAddress("127.0.0.1", 0));
        DatagramSocket socket = new DatagramSocket()) {
      send(query, server, socket);
      server.publish(zone());

      assertThat(receive(query, socket).addresses()).containsExactly("198.19.1.0");
    }
  }

  @Test
  void aServiceHasTheAddressOfEachFamily() throws IOException {
    assertThat(ask(zone(), "web.shop.svc.cluster.local", A).addresses())
        .containsExactly("198.19.1.0");
    assertThat(ask(zone(), "Web.Shop.svc.Cluster.local", AAAA).addresses())
        .containsExactly("fd00:198:19:0:0:0:0:100");
  }

  @Test
  void aHeadlessServiceHasTheAddressesOfItsPods() throws IOException {
    assertThat(ask(zone(), "db.shop.svc.cluster.local", A).addresses())
        .containsExactly("198.18.1.2", "198.18.2.2");
  }

  @Test
  void whatIsNotOfTheMeshDoesNotExist() throws IOException {
    assertThat(ask(zone(), "example.com", A)).isEqualTo(new Reply(NO_SUCH_NAME, false, List.of()));
    assertThat(ask(zone(), "web.shop.svc.cluster.local", 15))
        .isEqualTo(new Reply(0, false, List.of()));
  }

  @Test
  void whatDoesNotFitADatagramIsCutOffAndWholeOverTcp() throws IOException {
    List<String> many = new ArrayList<>();
    for (int n = 0; n < 200; n++) many.add("198.18.1." + n);
    Zone zone = new Zone("cluster.local", Map.of("many", many));
    byte[] query = query("many", A);

    assertThat(ask(zone, "many", A).cut()).isTrue();
    try (DnsServer server = serving(zone);
        Socket socket = new Socket("127.0.0.1", server.port())) {
      var out = new DataOutputStream(socket.getOutputStream());
      out.writeShort(query.length);
      out.write(query);
      var in = new DataInputStream(socket.getInputStream());
      assertThat(reply(in.readNBytes(in.readUnsignedShort()), query.length).addresses())
          .hasSize(200);
    }
  }

  @Test
  void noiseIsAnsweredWithAnErrorOrNotAtAll() {
    Zone zone = new Zone("cluster.local", Map.of());

    assertThat(DnsAnswer.to(new byte[3], zone, 512)).isEmpty();
    assertThat(DnsAnswer.to(new byte[12], zone, 512))
        .hasValueSatisfying(answer -> assertThat(answer[3] & 15).isEqualTo(1));
    byte[] pointer = ByteBuffer.allocate(18).putShort(4, (short) 1).put(12, (byte) 0xc0).array();
    assertThat(DnsAnswer.to(pointer, zone, 512))
        .hasValueSatisfying(answer -> assertThat(answer[3] & 15).isEqualTo(1));
  }
}
