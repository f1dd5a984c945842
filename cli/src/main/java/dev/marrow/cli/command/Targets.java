package dev.marrow.cli.command;

import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds what a name on the command line means: a pod by {@code NAME}, {@code NAMESPACE/NAME} or the
 * name of its Deployment, or one of our programs. Pure.
 */
record Targets(MeshState mesh, String namespace) {
  /** Names that a message lists; a cluster has more pods than a screen has lines. */
  private static final int LISTED = 10;

  MeshState.Pod pod(String name) throws IOException {
    return found(name)
        .orElseThrow(() ->
            new IOException("no pod '%s' (there are: %s)".formatted(name, listed(podNames()))));
  }

  private List<MeshState.Pod> candidates() {
    return mesh.pods().stream()
        .filter(pod -> namespace.isEmpty() || pod.namespace().equals(namespace))
        .toList();
  }

  private Optional<MeshState.Pod> found(String name) {
    String wanted = name.startsWith("pod/") ? name.substring(4) : name;
    List<MeshState.Pod> candidates = candidates();
    // The first meaning that fits any pod counts; a pod that is ready is preferred to one on its
    // way out.
    return Stream.of(
            candidates.stream()
                .filter(pod ->
                    wanted.equals(pod.name()) || wanted.equals(pod.namespace() + "/" + pod.name()))
                .toList(),
            candidates.stream()
                .filter(pod -> wanted.equals(deployment(pod)) || wanted.equals(pod.owner()))
                .toList(),
            candidates.stream().filter(pod -> pod.name().startsWith(wanted)).toList())
        .filter(found -> !found.isEmpty())
        .findFirst()
        .map(Targets::best);
  }

  private static MeshState.Pod best(List<MeshState.Pod> found) {
    return found.stream().filter(MeshState.Pod::ready).findFirst().orElse(found.getFirst());
  }

  private static String deployment(MeshState.Pod pod) {
    return pod.owner().substring(pod.owner().indexOf('/') + 1);
  }

  private List<String> podNames() {
    return candidates().stream().map(pod -> pod.namespace() + "/" + pod.name()).toList();
  }

  private static String listed(List<String> names) {
    String few = String.join(", ", names.subList(0, Math.min(names.size(), LISTED)));
    return names.size() > LISTED ? few + " and " + (names.size() - LISTED) + " more" : few;
  }

  /** The log files that a name means. */
  List<String> logs(String name) throws IOException {
    Optional<MeshState.Program> program =
        mesh.programs().stream().filter(it -> it.name().equals(name)).findFirst();
    if (program.isPresent()) return List.of(program.get().log());
    if (name.startsWith("waypoint/")) return waypoint(name.substring(9));
    Optional<MeshState.Pod> pod = found(name);
    if (pod.isPresent()) return pod.get().logs();
    List<String> programs =
        new ArrayList<>(mesh.programs().stream().map(MeshState.Program::name).toList());
    programs.addFirst("supervisor");
    throw new IOException(
        "no program or pod '%s' (programs: %s; pods: %s)"
            .formatted(name, listed(programs), listed(podNames())));
  }

  private List<String> waypoint(String name) throws IOException {
    return waypointPods(name).stream().flatMap(pod -> pod.logs().stream()).toList();
  }

  /** The pods of a waypoint; at least one. */
  List<MeshState.Pod> waypointPods(String name) throws IOException {
    List<MeshState.Pod> pods =
        mesh.pods().stream()
            .filter(pod -> namespace.isEmpty() || pod.namespace().equals(namespace))
            .filter(pod ->
                pod.gateway().equals(name) || (pod.namespace() + "/" + pod.gateway()).equals(name))
            .toList();
    if (pods.isEmpty())
      throw new IOException("waypoint " + name + ": has no pods (see `marrow waypoint list`)");
    return pods;
  }
}
