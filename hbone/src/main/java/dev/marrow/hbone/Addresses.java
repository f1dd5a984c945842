package dev.marrow.hbone;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Addresses of channels, which may have none: closed, or running inside a tunnel. */
final class Addresses {
  private static final InetSocketAddress NONE = new InetSocketAddress(0);

  private Addresses() {}

  static InetSocketAddress of(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet : NONE;
  }
}
