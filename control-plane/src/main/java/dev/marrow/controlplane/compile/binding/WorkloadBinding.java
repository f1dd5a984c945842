package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.ObjectKey;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is in front of the workloads of a namespace that have these labels and this account: what
 * their own label says, else the waypoint of their account, else what the namespace's label says.
 *
 * @param labels only those that matter
 */
public record WorkloadBinding(String namespace, Map<String, String> labels, String account)
    implements Question<Binding> {
  public WorkloadBinding {
    labels = relevant(labels);
  }

  private static Map<String, String> relevant(Map<String, String> labels) {
    Map<String, String> few = new TreeMap<>(labels);
    few.keySet()
        .removeIf(name ->
            !name.equals(Labels.USE_WAYPOINT)
                && !name.equals(Labels.USE_WAYPOINT_NAMESPACE)
                && !name.equals(Labels.MANAGED));
    return Map.copyOf(few);
  }

  @Override
  public Binding answer(Answers answers) {
    if (ManagedGateways.is(labels)) {
      return new Binding.Unbound();
    }
    Gates gates = new Gates(answers, namespace);
    return switch (Wanted.of(labels, namespace)) {
      case Wanted.None() -> new Binding.Unbound();
      case Wanted.Gateway(ObjectKey key) ->
          gates.pass(key, Waypoint.Traffic::workloads, "workloads");
      case Wanted.Nothing() -> inherited(answers, gates);
    };
  }

  private Binding inherited(Answers answers, Gates gates) {
    Optional<ObjectKey> ofAccount = answers.ask(new AccountWaypoint(namespace, account));
    if (ofAccount.isPresent() && takesWorkloads(answers, ofAccount.get())) {
      return gates.pass(ofAccount.get(), Waypoint.Traffic::workloads, "workloads");
    }
    Map<String, String> ofNamespace = answers.ask(new NamespaceLabels(namespace));
    if (Wanted.of(ofNamespace, namespace) instanceof Wanted.Gateway(ObjectKey key)
        && takesWorkloads(answers, key)) {
      return gates.pass(key, Waypoint.Traffic::workloads, "workloads");
    }
    return new Binding.Unbound();
  }

  /** A namespace's waypoint that is for services only is no error for its workloads. */
  private static boolean takesWorkloads(Answers answers, ObjectKey gateway) {
    return answers.ask(new WaypointOf(gateway)).map(w -> w.traffic().workloads()).orElse(false);
  }
}
