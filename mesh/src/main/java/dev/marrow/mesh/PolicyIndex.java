package dev.marrow.mesh;

import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Workload;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All policies, by name and by what they apply to without being named. Immutable. */
record PolicyIndex(
    PersistentMap<String, Policy> byName,
    PersistentMap<String, List<Policy>> ofNamespace,
    List<Policy> global) {
  static final PolicyIndex EMPTY =
      new PolicyIndex(PersistentMap.empty(), PersistentMap.empty(), List.of());

  private static final Comparator<Policy> ORDER = Comparator.comparing(Policy::fullName);

  void forEach(Workload workload, Consumer<Policy> known, Consumer<String> unknown) {
    global.forEach(known);
    List<Policy> ofItsNamespace = ofNamespace.get(workload.namespace());
    if (ofItsNamespace != null) {
      ofItsNamespace.forEach(known);
    }
    List<String> named = workload.policies();
    for (int i = 0; i < named.size(); i++) {
      Policy policy = byName.get(named.get(i));
      if (policy == null) {
        unknown.accept(named.get(i));
      } else if (!appliesUnnamed(policy, workload)) {
        known.accept(policy);
      }
    }
  }

  private static boolean appliesUnnamed(Policy policy, Workload workload) {
    return switch (policy.scope()) {
      case GLOBAL -> true;
      case NAMESPACE -> policy.namespace().equals(workload.namespace());
      case WORKLOAD_SELECTOR -> false;
    };
  }

  Editor edit() {
    return new Editor(this);
  }

  /** Changes on the way to the next index. Confined to one thread. */
  static final class Editor {
    private final PersistentMap.Editor<String, Policy> byName;
    private final PersistentMap.Editor<String, List<Policy>> ofNamespace;
    private List<Policy> global;

    private Editor(PolicyIndex before) {
      byName = before.byName.edit();
      ofNamespace = before.ofNamespace.edit();
      global = before.global;
    }

    void put(Policy policy) {
      remove(policy.fullName());
      byName.put(policy.fullName(), policy);
      switch (policy.scope()) {
        case GLOBAL -> global = Claims.with(global, policy, ORDER);
        case NAMESPACE -> Claims.add(ofNamespace, policy.namespace(), policy, ORDER);
        case WORKLOAD_SELECTOR -> {}
      }
    }

    void remove(String fullName) {
      @Nullable Policy old = byName.get(fullName);
      if (old == null) {
        return;
      }
      byName.remove(fullName);
      switch (old.scope()) {
        case GLOBAL -> global = Claims.without(global, old);
        case NAMESPACE -> Claims.remove(ofNamespace, old.namespace(), old);
        case WORKLOAD_SELECTOR -> {}
      }
    }

    PolicyIndex build() {
      return new PolicyIndex(byName.build(), ofNamespace.build(), global);
    }
  }
}
