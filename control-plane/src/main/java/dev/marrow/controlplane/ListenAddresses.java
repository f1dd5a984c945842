package dev.marrow.controlplane;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** The addresses at which a listener is found: its own, or all of this machine. */
final class ListenAddresses {
  private ListenAddresses() {}

  static Set<InetAddress> of(InetAddress listen) {
    Set<InetAddress> addresses = new LinkedHashSet<>(Set.of(InetAddress.getLoopbackAddress()));
    if (!listen.isAnyLocalAddress()) {
      addresses.add(listen);
      return addresses;
    }
    try {
      addresses.addAll(
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .filter(address -> !address.isLinkLocalAddress())
              .collect(Collectors.toSet()));
    } catch (SocketException e) {
      // Then clients have to use the names.
      return addresses;
    }
    return addresses;
  }
}
