package dev.marrow.cli.local.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mesh's name server, over UDP and TCP. Thread-safe: a thread for UDP, one for TCP and virtual
 * threads for its connections read the zone from one volatile field.
 */
public final class DnsServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DnsServer.class);
  private static final int UDP_BYTES = 1232;
  private static final int TCP_BYTES = 65_535;
  private static final int TCP_TIMEOUT_MILLIS = 5000;
  private static final int MAX_CONNECTIONS = 64;

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
  private final AtomicBoolean answers = new AtomicBoolean();
  private volatile Zone zone = new Zone("", Map.of());

  private DnsServer(DatagramSocket udp, ServerSocket tcp) {
    this.udp = udp;
    this.tcp = tcp;
  }

  /**
   * Takes questions from now on; they wait in the sockets for the first zone, because no answer is
   * better than that a name does not exist.
   */
  public static DnsServer listen(InetSocketAddress address) throws IOException {
    DatagramSocket udp = new DatagramSocket(address);
    ServerSocket tcp = new ServerSocket();
    tcp.setReuseAddress(true);
    tcp.bind(new InetSocketAddress(address.getAddress(), udp.getLocalPort()));
    return new DnsServer(udp, tcp);
  }

  public int port() {
    return udp.getLocalPort();
  }

  public void publish(Zone next) {
    zone = next;
    if (answers.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("dns-udp").start(this::answerDatagrams);
      Thread.ofPlatform().daemon().name("dns-tcp").start(this::acceptConnections);
    }
  }

  private void answerDatagrams() {
    byte[] buffer = new byte[UDP_BYTES];
    while (!udp.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
        Optional<byte[]> answer = DnsAnswer.to(query, zone, UDP_BYTES);
        if (answer.isPresent())
          udp.send(
              new DatagramPacket(answer.get(), answer.get().length, packet.getSocketAddress()));
      } catch (IOException e) {
        if (!udp.isClosed()) log.warn("name server: {}", e.toString());
      }
    }
  }

  private void acceptConnections() {
    while (!tcp.isClosed()) {
      try {
        free.acquireUninterruptibly();
        Socket socket = tcp.accept();
        Thread.ofVirtual().name("dns-connection").start(() -> serve(socket));
      } catch (IOException e) {
        free.release();
        if (!tcp.isClosed()) log.warn("name server: {}", e.toString());
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(TCP_TIMEOUT_MILLIS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      while (true) {
        byte[] query = in.readNBytes(in.readUnsignedShort());
        Optional<byte[]> answer = DnsAnswer.to(query, zone, TCP_BYTES);
        if (answer.isEmpty()) return;
        out.writeShort(answer.get().length);
        out.write(answer.get());
        out.flush();
      }
    } catch (IOException e) {
      // The client is gone or silent; it asks again when it wants to know.
    } finally {
      free.release();
    }
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
