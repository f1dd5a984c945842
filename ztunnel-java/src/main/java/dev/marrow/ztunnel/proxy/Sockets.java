package dev.marrow.ztunnel.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Makes sockets in one network namespace, marked so that redirection leaves them alone, and tells
 * where a captured one wanted to go. Thread-safe.
 */
public interface Sockets {
  /** A listener for tunnels. */
  ServerChannel listener();

  /** A listener for what redirection brings from anywhere. */
  ServerChannel captureListener();

  /** A listener for applications of this node. */
  ServerChannel localListener();

  /** A client socket with the namespace's own address. */
  SocketChannel connection();

  /** The same, for a connection to an application of this node. */
  SocketChannel localConnection();

  /** The same, for a tunnel. */
  SocketChannel tunnelConnection();

  /**
   * A client socket to an application of this node that may be bound to {@code client}'s address;
   * only if {@link #transparent}.
   */
  SocketChannel connectionAs(InetAddress client);

  /** Where to bind such a socket; another one each time, as the port may be in use. */
  InetSocketAddress addressAs(InetAddress client);

  DatagramChannel datagrams(SocketProtocolFamily family);

  /** Whether applications can be dialled from their clients' addresses. */
  boolean transparent();

  /** The wildcard address to listen at. */
  InetSocketAddress anyAddress(int port);

  /** The address to listen at for applications of the same namespace only. */
  default InetSocketAddress loopbackAddress(int port) {
    return new InetSocketAddress("127.0.0.1", port);
  }

  /** How many bytes may wait for one of these sockets before reading for it pauses. */
  WriteBufferWaterMark writeQueue();

  /** Sets what depends on how far away the peer of a tunnel is: once it is connected. */
  void tunnelConnected(Channel tunnel);

  /** Where the app meant to connect to, before its connection was redirected to us. */
  InetSocketAddress originalDestination(Channel accepted);
}
