package dev.marrow.conformance.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** A plain TCP connection. Confined to one thread. */
public final class TcpLink implements Link {
  private static final int BUFFER = 64 * 1024;

  private final Socket socket;
  private final Transcript transcript;
  private final byte[] buffer = new byte[BUFFER];

  private TcpLink(Socket socket, Transcript transcript) {
    this.socket = socket;
    this.transcript = transcript;
  }

  /** Connects within {@code patience}. */
  public static TcpLink connect(InetSocketAddress target, Duration patience, Transcript transcript)
      throws IOException {
    return connect(target, Optional.empty(), patience, transcript);
  }

  /** Connects from an address of our own. */
  public static TcpLink connect(
      InetSocketAddress target,
      Optional<InetAddress> from,
      Duration patience,
      Transcript transcript)
      throws IOException {
    Socket socket = new Socket();
    try {
      if (from.isPresent()) {
        socket.bind(new InetSocketAddress(from.get(), 0));
      }
      socket.connect(target, (int) patience.toMillis());
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    transcript.add("tcp connected to %s from port %d", target, socket.getLocalPort());
    return new TcpLink(socket, transcript);
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new LinkClosed(
          "connection lost while sending: " + String.valueOf(e.getMessage()), Optional.empty());
    }
  }

  @Override
  public byte[] read(Duration patience) throws IOException {
    try {
      socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
      int count = socket.getInputStream().read(buffer);
      if (count < 0) {
        transcript.add("tcp: target sent FIN");
        throw new LinkClosed("closed by the target", Optional.empty());
      }
      return Arrays.copyOf(buffer, count);
    } catch (SocketTimeoutException e) {
      return new byte[0];
    } catch (LinkClosed e) {
      throw e;
    } catch (IOException e) {
      transcript.add("tcp: %s", String.valueOf(e.getMessage()));
      throw new LinkClosed(
          "reset by the target: " + String.valueOf(e.getMessage()), Optional.empty());
    }
  }

  /** Sends FIN and keeps reading. */
  public void finish() throws IOException {
    socket.shutdownOutput();
    transcript.add("tcp: kit sent FIN");
  }

  /** Closes with RST. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
    transcript.add("tcp: kit sent RST");
  }

  /** Limits what the kernel takes in for us, so that back-pressure is felt early. */
  public void receiveBuffer(int bytes) throws IOException {
    socket.setReceiveBufferSize(bytes);
  }

  Socket socket() {
    return socket;
  }

  public InetAddress localAddress() {
    return socket.getLocalAddress();
  }

  public int localPort() {
    return socket.getLocalPort();
  }

  @Override
  public TcpLink tcp() {
    return this;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      transcript.add("close: %s", String.valueOf(e.getMessage()));
    }
  }
}
