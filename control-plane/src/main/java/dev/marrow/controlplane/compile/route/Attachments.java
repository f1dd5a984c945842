package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.controlplane.compile.binding.GatewayClasses;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The objects of a kind that are attached, by their target references, to a destination: to itself,
 * to its Gateway, or in the root namespace to the class of the Gateway. The oldest first.
 *
 * @param destination the Service or ServiceEntry; the Gateway itself where there is none
 */
record Attachments(String kind, ObjectKey gateway, ObjectKey destination)
    implements Question<List<ObjectKey>> {
  @Override
  public List<ObjectKey> answer(Answers answers) {
    String root = answers.mesh().rootNamespace();
    Set<String> namespaces =
        new LinkedHashSet<>(List.of(root, gateway.namespace(), destination.namespace()));
    List<ObjectKey> attached = new ArrayList<>();
    for (String namespace : namespaces) {
      for (Attached candidate : answers.ask(new In(kind, namespace))) {
        if (candidate.targets().stream().anyMatch(target -> applies(target, root))) {
          attached.add(candidate.object());
        }
      }
    }
    return attached;
  }

  private boolean applies(Target target, String root) {
    return switch (target.object().kind()) {
      case "GatewayClass" ->
          target.from().equals(root) && GatewayClasses.named(target.object().name());
      case "Gateway" -> target.object().equals(gateway);
      default -> target.object().equals(destination);
    };
  }

  /** An object with target references. */
  private record Attached(ObjectKey object, List<Target> targets) {}

  /** A target, seen from a namespace. */
  private record Target(ObjectKey object, String from) {}

  private record In(String kind, String namespace) implements Question<List<Attached>> {
    @Override
    public List<Attached> answer(Answers answers) {
      List<Attached> all = new ArrayList<>();
      answers.objects(kind, namespace).stream()
          .sorted(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key))
          .forEach(object -> {
            List<Target> targets = targets(object);
            if (!targets.isEmpty()) {
              all.add(new Attached(object.key(), targets));
            }
          });
      return all;
    }

    private static List<Target> targets(KubeObject object) {
      Fields spec = Fields.of(object.spec(), "spec", new ArrayList<>());
      return TargetRef.read(spec).stream()
          .flatMap(target -> target.object(object.namespace()).stream())
          .map(target -> new Target(target, object.namespace()))
          .toList();
    }
  }
}
