package dev.marrow.conformance.run;

import dev.marrow.conformance.Profile;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The endpoint to judge and what is known of it.
 *
 * @param applicationHost the address under which the target reaches the application, as it goes
 *     into {@code :authority}
 * @param identity the SPIFFE id to mint for the kit, for example {@code
 *     spiffe://cluster.local/ns/default/sa/kit}
 * @param serverIdentity the SPIFFE id the target should show, if known
 * @param foreignAuthority an address that is not the target's workload, for cases that must be
 *     refused
 * @param hooks name to shell command: {@code policy}, {@code rotate}, {@code restart}, {@code
 *     outbound}
 * @param deviations case id to the reason or link why this target is known to differ; still red for
 *     MUST
 */
public record Target(
    String name,
    String version,
    InetSocketAddress address,
    Profile profile,
    String applicationHost,
    String identity,
    Optional<String> serverIdentity,
    String foreignAuthority,
    Duration patience,
    Map<String, String> hooks,
    Map<String, String> deviations) {
  public Target {
    hooks = Map.copyOf(hooks);
    deviations = Map.copyOf(deviations);
  }

  /** A target of which only the address is known. */
  public static Target at(InetSocketAddress address, Profile profile) {
    // The address, not the name: an HBONE authority is an address, and so is what a proxy compares.
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    return new Target(
        bracketed + ":" + address.getPort(),
        "",
        address,
        profile,
        bracketed,
        "spiffe://cluster.local/ns/default/sa/conformance",
        Optional.empty(),
        foreign(address),
        Duration.ofSeconds(3),
        Map.of(),
        Map.of());
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
