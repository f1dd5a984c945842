package dev.marrow.mesh;

import dev.marrow.mesh.workload.Cidr;
import dev.marrow.mesh.workload.NetworkBlock;
import dev.marrow.mesh.workload.Service;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which services own which address ranges. Immutable. Ranges are few, so a lookup tries each prefix
 * length there is, longest first.
 */
final class BlockIndex {
  static final BlockIndex EMPTY = new BlockIndex(PersistentMap.empty(), new int[0], new int[0]);

  private final PersistentMap<NetworkBlock, List<Service>> blocks;
  private final int[] lengths4;
  private final int[] lengths6;

  private BlockIndex(
      PersistentMap<NetworkBlock, List<Service>> blocks, int[] lengths4, int[] lengths6) {
    this.blocks = blocks;
    this.lengths4 = lengths4;
    this.lengths6 = lengths6;
  }

  /** What {@code choose} takes from the longest range whose services it takes any of. */
  @Nullable Service find(
      String network, InetAddress address, Function<List<Service>, @Nullable Service> choose) {
    for (int length : address instanceof Inet4Address ? lengths4 : lengths6) {
      List<Service> claims = blocks.get(new NetworkBlock(network, new Cidr(address, length)));
      Service chosen = claims == null ? null : choose.apply(claims);
      if (chosen != null) {
        return chosen;
      }
    }
    return null;
  }

  /** Without the ranges of {@code gone}, with those of {@code come}. */
  BlockIndex next(List<Service> gone, List<Service> come, Comparator<Service> order) {
    PersistentMap.Editor<NetworkBlock, List<Service>> editor = blocks.edit();
    gone.forEach(s -> s.blocks().forEach(block -> Claims.remove(editor, block, s)));
    come.forEach(s -> s.blocks().forEach(block -> Claims.add(editor, block, s, order)));
    PersistentMap<NetworkBlock, List<Service>> next = editor.build();
    return next == blocks ? this : new BlockIndex(next, lengths(next, true), lengths(next, false));
  }

  private static int[] lengths(PersistentMap<NetworkBlock, List<Service>> blocks, boolean ipv4) {
    TreeSet<Integer> lengths = new TreeSet<>(Comparator.reverseOrder());
    blocks.forEach((block, _) -> {
      if (block.block().base() instanceof Inet4Address == ipv4) {
        lengths.add(block.block().prefixLength());
      }
    });
    return new ArrayList<>(lengths).stream().mapToInt(Integer::intValue).toArray();
  }
}
