package dev.marrow.ztunnel.dns;

import static dev.marrow.mesh.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.hbone.SteadyEpoll;
import dev.marrow.mesh.TestMesh;
import dev.marrow.ztunnel.report.Metrics;
import io.netty.channel.ChannelFuture;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server over real sockets, with an upstream that knows one more name. */
class DnsServerTest {
  private static final String HEADER = "1234" + "0100" + "0001000000000000";
  private static final String CART = "04636172740473686f700373766307636c7573746572056c6f63616c00";
  private static final String OTHER = "056f74686572076578616d706c6500";

  private final TestMesh mesh =
      new TestMesh().put(service("shop/cart.shop.svc.cluster.local").vips("/10.9.0.1"));
  private final Metrics metrics = new Metrics();
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory());
  private final InetAddress ip = InetAddress.ofLiteral("127.9.%d.%d".formatted(random(), random()));
  private DatagramSocket upstream;
  private DnsServer server;
  private InetSocketAddress address;

  private static int random() {
    return ThreadLocalRandom.current().nextInt(1, 250);
  }

  @BeforeEach
  void start() throws IOException {
    upstream = new DatagramSocket(0, ip);
    Thread.ofVirtual().start(this::answerUpstream);
    address = new InetSocketAddress(ip, ThreadLocalRandom.current().nextInt(20_000, 30_000));
    server =
        new DnsServer(
            group.next(),
            new Plain(),
            new DnsServer.Names(
                mesh::current,
                () -> DnsServer.Names.Asking.pod("shop", "", "cluster.local", "cart", "v1"),
                "cluster.local",
                ""),
            List.of(new InetSocketAddress(ip, upstream.getLocalPort())),
            new DnsMetrics(metrics));
    for (ChannelFuture bound : server.listen(address, false)) {
      assertThat(bound.awaitUninterruptibly().isSuccess()).isTrue();
    }
  }

  @AfterEach
  void stop() {
    server.close();
    upstream.close();
    group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
  }

  /** Repeats the query with the response bit set. */
  private void answerUpstream() {
    try {
      while (true) {
        var query = new DatagramPacket(new byte[512], 512);
        upstream.receive(query);
        query.getData()[2] |= (byte) 0x80;
        upstream.send(query);
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private String overUdp(String query) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(5000);
      byte[] bytes = HexFormat.of().parseHex(query);
      socket.send(new DatagramPacket(bytes, bytes.length, address));
      var answer = new DatagramPacket(new byte[512], 512);
      socket.receive(answer);
      return HexFormat.of().formatHex(answer.getData(), 0, answer.getLength());
    }
  }

  @Test
  void aNameOfTheMeshIsAnsweredOverUdp() throws IOException {
    assertThat(overUdp(HEADER + CART + "00010001"))
        .startsWith("12348580" + "00010001")
        .endsWith("00040a090001");
    assertThat(metrics.text(false))
        .contains("istio_dns_requests_total{request_query_type=\"a\",request_protocol=\"udp\"");
  }

  @Test
  void aNameOfTheMeshIsAnsweredOverTcp() throws IOException {
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(5000);
      byte[] query = HexFormat.of().parseHex(HEADER + CART + "00010001");
      socket.getOutputStream().write(new byte[] {0, (byte) query.length});
      socket.getOutputStream().write(query);

      var in = new DataInputStream(socket.getInputStream());
      byte[] answer = in.readNBytes(in.readUnsignedShort());

      assertThat(HexFormat.of().formatHex(answer)).endsWith("00040a090001");
    }
  }

  @Test
  void whoReadsNoAnswersIsNotAnsweredWithoutEnd() throws IOException {
    byte[] query = HexFormat.of().parseHex(HEADER + CART + "00010001");
    var queries = java.nio.ByteBuffer.allocate(1 << 20);
    while (queries.remaining() > query.length + 2) {
      queries.put(new byte[] {0, (byte) query.length}).put(query);
    }

    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      assertThatThrownBy(
              () -> {
                for (int megabyte = 0; megabyte < 16; megabyte++) {
                  socket.getOutputStream().write(queries.array(), 0, queries.position());
                }
              })
          .as("16 MB of queries")
          .isInstanceOf(java.net.SocketException.class);
    }
  }

  @Test
  void anotherNameIsForwardedAndTheAnswerGivenUnderTheClientsId() throws IOException {
    assertThat(overUdp(HEADER + OTHER + "00010001")).startsWith("12348100");
    assertThat(metrics.text(false)).contains("istio_dns_upstream_requests_total{");
  }

  @Test
  void aClientWithEdnsIsAnsweredWithIt() throws IOException {
    String query = HEADER.replaceAll("0000$", "0001") + CART + "00010001";

    assertThat(overUdp(query + "0000290500" + "00000000" + "0000"))
        .endsWith("00040a090001" + "0000291000" + "00000000" + "0000");
    assertThat(overUdp(query + "0000290500" + "00010000" + "0000"))
        .endsWith("0000291000" + "01000000" + "0000");
  }

  @Test
  void anotherClassIsForwardedEvenForANameOfTheMesh() throws IOException {
    assertThat(overUdp(HEADER + CART + "00010003")).as("CHAOS").startsWith("12348100");
    assertThat(overUdp(HEADER + CART + "000100ff")).as("any").startsWith("12348100");
    assertThat(metrics.text(false)).doesNotContain("marrow_dns_malformed_total 1");
  }

  @Test
  void anotherTypeIsForwarded() throws IOException {
    assertThat(overUdp(HEADER + CART + "000f0001")).startsWith("12348100");
  }

  private static final class Plain implements DnsSockets {
    @Override
    public DatagramChannel datagrams(SocketProtocolFamily family) {
      return new EpollDatagramChannel(family);
    }

    @Override
    public SocketChannel stream() {
      return new EpollSocketChannel();
    }

    @Override
    public ServerChannel listener() {
      return new EpollServerSocketChannel();
    }
  }
}
