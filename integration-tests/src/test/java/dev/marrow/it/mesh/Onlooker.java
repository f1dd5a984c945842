package dev.marrow.it.mesh;

import dev.marrow.linux.Netns;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Somebody who has nothing to do with it: a connection through the mesh that was there before, and
 * has to live on whatever others do. Confined to one thread.
 */
final class Onlooker implements AutoCloseable {
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: onlooker\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final SocketChannel connection;

  private Onlooker(SocketChannel connection) {
    this.connection = connection;
  }

  /** Connects from the teller to the vault. */
  static Onlooker at(LocalMesh mesh) throws IOException {
    InetSocketAddress vault = new InetSocketAddress(mesh.address("bank", "vault"), 8080);
    try (Netns teller = MeshExtension.open(mesh, "bank", "teller")) {
      SocketChannel channel = teller.call(SocketChannel::open);
      channel.socket().connect(vault, 5_000);
      channel.socket().setSoTimeout(5_000);
      return new Onlooker(channel);
    }
  }

  /** Whether a request on the old connection is still answered. */
  boolean served() throws IOException {
    connection.write(ByteBuffer.wrap(REQUEST));
    byte[] answer = new byte[8192];
    int count = connection.socket().getInputStream().read(answer);
    return count > 0
        && new String(answer, 0, count, StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 200");
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
