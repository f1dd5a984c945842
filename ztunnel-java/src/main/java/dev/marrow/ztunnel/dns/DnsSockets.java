package dev.marrow.ztunnel.dns;

import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;

/** Makes sockets where the client is, so that its network policies hold for our queries, too. */
public interface DnsSockets {
  DatagramChannel datagrams();

  SocketChannel stream();

  ServerChannel listener();
}
