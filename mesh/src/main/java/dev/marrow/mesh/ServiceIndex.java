package dev.marrow.mesh;

import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All services, by everything they are looked up by. Immutable. */
record ServiceIndex(
    PersistentMap<ServiceKey, Service> byKey,
    AddressIndex<Service> byVip,
    BlockIndex blocks,
    PersistentMap<String, List<Service>> byHostname) {
  static final ServiceIndex EMPTY =
      new ServiceIndex(
          PersistentMap.empty(), AddressIndex.empty(), BlockIndex.EMPTY, PersistentMap.empty());

  /** Of those with the same claim, who comes first for a client that belongs to none of them. */
  static final Comparator<Service> ORDER =
      Comparator.comparing((Service s) -> !s.canonical()).thenComparing(Service::key);

  @Nullable Service find(String network, InetAddress address, String namespace) {
    Service exact = best(byVip.claims(network, address), namespace, "");
    return exact != null
        ? exact
        : blocks.find(network, address, claims -> best(claims, namespace, ""));
  }

  /**
   * The one a client in {@code namespace} means, of {@code claims} in {@link #ORDER}: none that is
   * hidden from it; its own namespace's, then a canonical one, then {@code preferred}'s, then the
   * first.
   */
  static @Nullable Service best(List<Service> claims, String namespace, String preferred) {
    Service first = null;
    Service fromPreferred = null;
    for (int i = 0; i < claims.size(); i++) {
      Service service = claims.get(i);
      if (service.namespace().equals(namespace)) {
        return service;
      }
      if (service.visibleFrom(namespace)) {
        first = first == null ? service : first;
        boolean isPreferred = fromPreferred == null && service.namespace().equals(preferred);
        fromPreferred = isPreferred ? service : fromPreferred;
      }
    }
    boolean canonical = first != null && first.canonical();
    return canonical || fromPreferred == null ? first : fromPreferred;
  }

  Editor edit() {
    return new Editor(this);
  }

  /** Changes on the way to the next index. Confined to one thread. */
  static final class Editor {
    private final BlockIndex blocks;
    private final PersistentMap.Editor<ServiceKey, Service> byKey;
    private final AddressIndex.Editor<Service> byVip;
    private final PersistentMap.Editor<String, List<Service>> byHostname;
    private final List<Service> gone = new ArrayList<>();
    private final List<Service> come = new ArrayList<>();

    private Editor(ServiceIndex before) {
      blocks = before.blocks;
      byKey = before.byKey.edit();
      byVip = before.byVip.edit(ORDER);
      byHostname = before.byHostname.edit();
    }

    void put(Service service) {
      remove(service.key());
      byKey.put(service.key(), service);
      Claims.add(byHostname, service.hostname(), service, ORDER);
      service.vips().forEach(vip -> byVip.add(vip.network(), vip.address(), service));
      if (!service.blocks().isEmpty()) {
        come.add(service);
      }
    }

    void remove(ServiceKey key) {
      Service old = byKey.get(key);
      if (old == null) {
        return;
      }
      byKey.remove(key);
      Claims.remove(byHostname, old.hostname(), old);
      old.vips().forEach(vip -> byVip.remove(vip.network(), vip.address(), old));
      // One that came in this very edit is not in the ranges yet.
      if (!come.removeIf(service -> service == old) && !old.blocks().isEmpty()) {
        gone.add(old);
      }
    }

    ServiceIndex build() {
      return new ServiceIndex(
          byKey.build(), byVip.build(), blocks.next(gone, come, ORDER), byHostname.build());
    }
  }
}
