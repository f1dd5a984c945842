package dev.marrow.waypoint.proxy;

import dev.marrow.waypoint.authorize.Caller;
import java.net.InetSocketAddress;

/**
 * Who is at the other end of a connection, and what it addressed.
 *
 * @param remote the client's own address, kept by its node proxy
 * @param addressed the text of CONNECT's authority, or of a plain listener's service
 * @param address of {@code remote} as text, put together once per connection
 */
public record Client(Caller caller, InetSocketAddress remote, Addressed addressed, String address) {
  public Client(Caller caller, InetSocketAddress remote, Addressed addressed) {
    this(caller, remote, addressed, remote.getHostString() + ":" + remote.getPort());
  }

  /** What a client addressed. Never taken from a Host header. */
  public sealed interface Addressed {
    int port();

    record Ip(InetSocketAddress address) implements Addressed {
      @Override
      public int port() {
        return address.getPort();
      }
    }

    record Name(String host, int port) implements Addressed {}

    /** A plain listener stands for one service. */
    record Fixed(String resourceName, int port) implements Addressed {}
  }
}
