package dev.marrow.mesh;

import dev.marrow.mesh.workload.NetworkMode;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All workloads, by everything they are looked up by. Immutable. */
record WorkloadIndex(
    PersistentMap<String, Workload> byUid,
    AddressIndex<Workload> byAddress,
    PersistentMap<ObjectName, List<Workload>> byName,
    PersistentMap<String, List<Workload>> byHostname) {
  static final WorkloadIndex EMPTY =
      new WorkloadIndex(
          PersistentMap.empty(),
          AddressIndex.empty(),
          PersistentMap.empty(),
          PersistentMap.empty());

  /** Of those that claim one address, who is meant: pods, then HBONE, then the lowest uid. */
  private static final Comparator<Workload> ORDER =
      Comparator.comparing((Workload w) -> !w.uid().contains("//Pod/"))
          .thenComparing(w -> w.protocol() != TunnelProtocol.HBONE)
          .thenComparing(Workload::uid);

  /** What an object is called within one kind. */
  record ObjectName(String namespace, String name) {
    // By hand: what the compiler leaves to the runtime is generated at start, which takes longer.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ObjectName that
          && namespace.equals(that.namespace)
          && name.equals(that.name);
    }

    @Override
    public int hashCode() {
      return 31 * namespace.hashCode() + name.hashCode();
    }
  }

  Editor edit() {
    return new Editor(this);
  }

  /** Changes on the way to the next index. Confined to one thread. */
  static final class Editor {
    private final PersistentMap.Editor<String, Workload> byUid;
    private final AddressIndex.Editor<Workload> byAddress;
    private final PersistentMap.Editor<ObjectName, List<Workload>> byName;
    private final PersistentMap.Editor<String, List<Workload>> byHostname;

    private Editor(WorkloadIndex before) {
      byUid = before.byUid.edit();
      byAddress = before.byAddress.edit(ORDER);
      byName = before.byName.edit();
      byHostname = before.byHostname.edit();
    }

    @Nullable Workload get(String uid) {
      return byUid.get(uid);
    }

    void remove(Workload old) {
      byUid.remove(old.uid());
      Claims.remove(byName, new ObjectName(old.namespace(), old.name()), old);
      if (!old.hostname().isEmpty()) {
        Claims.remove(byHostname, old.hostname(), old);
      }
      for (InetAddress address : indexed(old)) {
        byAddress.remove(old.network(), address, old);
      }
    }

    void add(Workload workload) {
      byUid.put(workload.uid(), workload);
      Claims.add(byName, new ObjectName(workload.namespace(), workload.name()), workload, ORDER);
      if (!workload.hostname().isEmpty()) {
        Claims.add(byHostname, workload.hostname(), workload, ORDER);
      }
      for (InetAddress address : indexed(workload)) {
        byAddress.add(workload.network(), address, workload);
      }
    }

    WorkloadIndex build() {
      return new WorkloadIndex(
          byUid.build(), byAddress.build(), byName.build(), byHostname.build());
    }

    // Several workloads share an address of the host, so it says nothing about any of them.
    private static List<InetAddress> indexed(Workload workload) {
      return workload.networkMode() == NetworkMode.HOST_NETWORK ? List.of() : workload.addresses();
    }
  }
}
