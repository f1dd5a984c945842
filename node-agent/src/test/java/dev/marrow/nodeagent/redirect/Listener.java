package dev.marrow.nodeagent.redirect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.marrow.linux.Netns;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A server in a namespace that introduces itself, tells who it sees, and then echoes lines. Threads
 * are its own and end with it.
 */
public final class Listener implements AutoCloseable {
  private final ServerSocket server;
  private final String name;

  private Listener(ServerSocket server, String name) {
    this.server = server;
    this.name = name;
  }

  public static Listener in(Netns netns, int port, String name) throws IOException {
    ServerSocket server =
        netns.call(() -> {
          var socket = new ServerSocket();
          socket.setReuseAddress(true);
          socket.bind(new InetSocketAddress("::", port));
          return socket;
        });
    var listener = new Listener(server, name);
    Thread.ofVirtual().start(listener::accept);
    return listener;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String peer = socket.getInetAddress().getHostAddress();
      socket.getOutputStream().write((name + " " + peer + "\n").getBytes(UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
      }
    } catch (IOException ended) {
      // The client went away.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /** A client with a connection of some length. */
  public static final class Conversation implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    private Conversation(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    public static Conversation from(Netns netns, String host, int port) throws IOException {
      return from(netns, host, port, "");
    }

    public static Conversation from(Netns netns, String host, int port, String source)
        throws IOException {
      return netns.call(() -> {
        var socket = new Socket();
        if (!source.isEmpty()) {
          socket.bind(new InetSocketAddress(source, 0));
        }
        socket.setSoTimeout(3000);
        socket.connect(new InetSocketAddress(host, port), 3000);
        return new Conversation(socket);
      });
    }

    public String hear() throws IOException {
      return String.valueOf(in.readLine());
    }

    public String say(String line) throws IOException {
      socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
      return hear();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Who answers a connection from {@code netns}, as {@code name peer}. */
  public static String greeting(Netns netns, String host, int port) throws IOException {
    try (var conversation = Conversation.from(netns, host, port)) {
      return conversation.hear();
    }
  }

  /** Answers one datagram with its name. */
  static DatagramSocket udp(Netns netns, int port, String name) throws IOException {
    DatagramSocket socket = netns.call(() -> new DatagramSocket(new InetSocketAddress("::", port)));
    Thread.ofVirtual()
        .start(() -> {
          var packet = new DatagramPacket(new byte[512], 512);
          try {
            while (true) {
              socket.receive(packet);
              byte[] reply = name.getBytes(UTF_8);
              socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            }
          } catch (IOException closed) {
            // The test is over.
          }
        });
    return socket;
  }

  static String query(Netns netns, String host, int port) throws IOException {
    try (DatagramSocket socket = netns.call(() -> new DatagramSocket())) {
      socket.setSoTimeout(3000);
      socket.send(new DatagramPacket(new byte[] {1}, 1, InetAddress.ofLiteral(host), port));
      var reply = new DatagramPacket(new byte[512], 512);
      socket.receive(reply);
      return new String(reply.getData(), 0, reply.getLength(), UTF_8);
    }
  }
}
