package dev.marrow.mesh;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who claims which address, network by network. Immutable. */
final class AddressIndex<T> {
  private final Map<String, PersistentMap<InetAddress, List<T>>> networks;

  private AddressIndex(Map<String, PersistentMap<InetAddress, List<T>>> networks) {
    this.networks = networks;
  }

  static <T> AddressIndex<T> empty() {
    return new AddressIndex<>(Map.of());
  }

  /** Best first; empty if nobody does. */
  List<T> claims(String network, InetAddress address) {
    PersistentMap<InetAddress, List<T>> addresses = networks.get(network);
    List<T> claims = addresses == null ? null : addresses.get(address);
    return claims == null ? List.of() : claims;
  }

  Editor<T> edit(Comparator<T> order) {
    return new Editor<>(this, order);
  }

  /** Changes on the way to the next index. Confined to one thread. */
  static final class Editor<T> {
    private final AddressIndex<T> before;
    private final Comparator<T> order;
    private final Map<String, PersistentMap.Editor<InetAddress, List<T>>> touched =
        new HashMap<>(2);

    private Editor(AddressIndex<T> before, Comparator<T> order) {
      this.before = before;
      this.order = order;
    }

    void add(String network, InetAddress address, T claim) {
      Claims.add(network(network), address, claim, order);
    }

    void remove(String network, InetAddress address, T claim) {
      Claims.remove(network(network), address, claim);
    }

    AddressIndex<T> build() {
      if (touched.isEmpty()) {
        return before;
      }
      Map<String, PersistentMap<InetAddress, List<T>>> next = new HashMap<>(before.networks);
      touched.forEach((network, editor) -> next.put(network, editor.build()));
      next.values().removeIf(PersistentMap::isEmpty);
      return new AddressIndex<>(Map.copyOf(next));
    }

    private PersistentMap.Editor<InetAddress, List<T>> network(String network) {
      return touched.computeIfAbsent(
          network, name -> before.networks.getOrDefault(name, PersistentMap.empty()).edit());
    }
  }
}
