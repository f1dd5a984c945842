package dev.marrow.waypoint.authorize;

import dev.marrow.mesh.workload.Cidr;
import java.net.InetAddress;
import java.util.List;

/** Address ranges: wanted ones and unwanted ones, both possibly empty. */
public record Blocks(List<Cidr> wanted, List<Cidr> unwanted) {
  public static final Blocks ANY = new Blocks(List.of(), List.of());

  public Blocks {
    wanted = List.copyOf(wanted);
    unwanted = List.copyOf(unwanted);
  }

  boolean admits(InetAddress address) {
    return (wanted.isEmpty() || any(wanted, address)) && !any(unwanted, address);
  }

  private static boolean any(List<Cidr> blocks, InetAddress address) {
    for (Cidr block : blocks) {
      if (block.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
