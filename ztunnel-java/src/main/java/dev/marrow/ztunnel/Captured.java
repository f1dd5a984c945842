package dev.marrow.ztunnel;

import dev.marrow.ztunnel.capture.OriginalDestination;
import dev.marrow.ztunnel.capture.PodSockets;
import dev.marrow.ztunnel.dns.DnsSockets;
import dev.marrow.ztunnel.proxy.Sockets;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Real sockets of a network namespace, as the data path and the DNS proxy want them. */
record Captured(PodSockets sockets) implements Sockets, DnsSockets {
  @Override
  public ServerChannel listener() {
    return sockets.listener();
  }

  @Override
  public ServerChannel captureListener() {
    return sockets.captureListener();
  }

  @Override
  public ServerChannel localListener() {
    return sockets.localListener();
  }

  @Override
  public SocketChannel connection() {
    return sockets.connection();
  }

  @Override
  public SocketChannel localConnection() {
    return sockets.localConnection();
  }

  @Override
  public SocketChannel tunnelConnection() {
    return sockets.tunnelConnection();
  }

  @Override
  public SocketChannel stream() {
    return sockets.connection();
  }

  @Override
  public SocketChannel connectionAs(InetAddress client) {
    return sockets.spoofedConnection();
  }

  @Override
  public InetSocketAddress addressAs(InetAddress client) {
    return sockets.from(client);
  }

  @Override
  public DatagramChannel datagrams(SocketProtocolFamily family) {
    return sockets.datagrams(family);
  }

  @Override
  public boolean transparent() {
    return sockets.transparent();
  }

  @Override
  public InetSocketAddress anyAddress(int port) {
    return sockets.anyAddress(port);
  }

  @Override
  public WriteBufferWaterMark writeQueue() {
    return sockets.writeQueue();
  }

  @Override
  public void tunnelConnected(Channel tunnel) {
    sockets.tunnelConnected(tunnel);
  }

  @Override
  public InetSocketAddress originalDestination(Channel accepted) {
    return OriginalDestination.of(accepted);
  }
}
