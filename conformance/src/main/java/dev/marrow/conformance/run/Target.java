package dev.marrow.conformance.run;

import dev.marrow.conformance.Profile;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The endpoint to judge and what is known of it.
 *
 * @param identity the SPIFFE id to mint for the kit, for example {@code
 *     spiffe://cluster.local/ns/default/sa/kit}
 * @param serverIdentity the SPIFFE id the target should show, if known
 * @param hooks what its owner lets the kit do to it
 * @param deviations case id to the reason or link why this target is known to differ; still red for
 *     MUST
 */
public record Target(
    String name,
    String version,
    InetSocketAddress address,
    Profile profile,
    Reach reach,
    String identity,
    Optional<String> serverIdentity,
    Duration patience,
    Hooks hooks,
    Map<String, String> deviations) {

  /**
   * What lies behind the target, and what does not.
   *
   * @param applicationHost the address under which the target reaches the application, as it goes
   *     into {@code :authority}
   * @param plaintextHost the address at which plaintext for the application is captured by the
   *     target, if it is
   * @param foreignAuthority an address that is not the target's workload, for cases that must be
   *     refused
   */
  public record Reach(
      String applicationHost, Optional<String> plaintextHost, String foreignAuthority) {}

  public Target {
    deviations = Map.copyOf(deviations);
  }

  /** A target of which only the address is known. */
  public static Target at(InetSocketAddress address, Profile profile) {
    // The address, not the name: an HBONE authority is an address, and so is what a proxy compares.
    String host =
        address.isUnresolved() ? address.getHostString() : AddressText.of(address.getAddress());
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    return new Target(
        bracketed + ":" + address.getPort(),
        "",
        address,
        profile,
        new Reach(bracketed, Optional.empty(), foreign(address)),
        "spiffe://cluster.local/ns/default/sa/conformance",
        Optional.empty(),
        Duration.ofSeconds(3),
        Hooks.NONE,
        Map.of());
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  public static String text(InetSocketAddress address) {
    String host =
        address.getAddress() instanceof Inet6Address six
            ? AddressText.of(six)
            : address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  public String applicationHost() {
    return reach.applicationHost();
  }

  public String foreignAuthority() {
    return reach.foreignAuthority();
  }

  /** The same under another name. */
  public Target named(String newName, String newVersion) {
    return new Target(
        newName,
        newVersion,
        address,
        profile,
        reach,
        identity,
        serverIdentity,
        patience,
        hooks,
        deviations);
  }

  /** The same with the application at an address of its own. */
  public Target withApplicationAt(InetAddress where) {
    String host = AddressText.of(where);
    return new Target(
        name,
        version,
        address,
        profile,
        new Reach(
            host.contains(":") ? "[" + host + "]" : host,
            reach.plaintextHost(),
            reach.foreignAuthority()),
        identity,
        serverIdentity,
        patience,
        hooks,
        deviations);
  }

  /** The same with hooks. */
  public Target with(Hooks value) {
    return new Target(
        name,
        version,
        address,
        profile,
        reach,
        identity,
        serverIdentity,
        patience,
        value,
        deviations);
  }

  // A target on loopback may turn out to be an open relay: whatever it dials for us has to stay on
  // this machine.
  private static String foreign(InetSocketAddress address) {
    return loopback(address) ? "127.99.99.99:9" : "198.51.100.7:9";
  }

  /** Whether everything the target can be made to dial has to stay on this machine. */
  public boolean onThisMachine() {
    return loopback(address);
  }

  private static boolean loopback(InetSocketAddress address) {
    return address.getAddress() != null && address.getAddress().isLoopbackAddress();
  }
}
