package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.Telemetry;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a destination reports: the Telemetry of the root namespace, laid under that of the
 * waypoint's and of the service's namespace, laid under what is attached to them.
 */
record TelemetryFor(ObjectKey gateway, ObjectKey destination)
    implements Question<Optional<Telemetry>> {
  @Override
  public Optional<Telemetry> answer(Answers answers) {
    List<Telemetry> layers = new ArrayList<>();
    Set<String> namespaces =
        new LinkedHashSet<>(
            List.of(answers.mesh().rootNamespace(), gateway.namespace(), destination.namespace()));
    namespaces.forEach(namespace -> layers.addAll(answers.ask(new Wide(namespace))));
    for (ObjectKey key : answers.ask(new Attachments("Telemetry", gateway, destination))) {
      answers.object(key).ifPresent(object -> layers.add(read(object).telemetry()));
    }
    Telemetry.Builder all = Telemetry.newBuilder();
    layers.forEach(all::mergeFrom);
    return layers.isEmpty() ? Optional.empty() : Optional.of(all.build());
  }

  private static TelemetryReading.Wishes read(KubeObject object) {
    return TelemetryReading.read(object, new ArrayList<>(), new ArrayList<>());
  }

  /** Those for a whole namespace. */
  private record Wide(String namespace) implements Question<List<Telemetry>> {
    @Override
    public List<Telemetry> answer(Answers answers) {
      return answers.objects("Telemetry", namespace).stream()
          .map(TelemetryFor::read)
          .filter(wishes -> !wishes.attached() && !wishes.selects())
          .map(TelemetryReading.Wishes::telemetry)
          .toList();
    }
  }
}
