package dev.marrow.cli.local;

import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.cli.local.plan.PodKey;
import dev.marrow.cli.local.state.Seats;
import dev.marrow.cli.local.state.Tokens;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pods that exist, led towards those that are planned. When a Deployment's template changes,
 * its old pods leave only after the new ones are ready. Confined to the supervisor's thread.
 */
final class Pods {
  private static final Logger log = LoggerFactory.getLogger(Pods.class);
  static final String GATEWAY = "gateway.networking.k8s.io/gateway-name";

  private final MeshContext mesh;
  private final Tokens tokens;
  private final Seats seats;
  private final Programs programs;
  private final SortedMap<PodKey, LocalPod> pods = new TreeMap<>();

  Pods(MeshContext mesh, Tokens tokens, Seats seats, Programs programs) {
    this.mesh = mesh;
    this.tokens = tokens;
    this.seats = seats;
    this.programs = programs;
  }

  /**
   * Moves on.
   *
   * @param held whether a pod has to wait for its enrolment
   */
  void tick(MeshPlan plan, Predicate<PlannedPod> held, Instant now) throws IOException {
    for (PlannedPod planned : plan.pods().values()) {
      LocalPod pod = pods.get(planned.key());
      if (pod == null) {
        create(planned, now);
      } else if (!pod.accepts(planned)) {
        pod.leave(now);
      }
    }
    for (LocalPod pod : List.copyOf(pods.values())) {
      if (!plan.pods().containsKey(pod.plan().key()) && !neededUntilReplaced(plan, pod))
        pod.leave(now);
      pod.tick(now, held.test(pod.plan()), defaults(pod.plan()));
      if (pod.gone()) remove(plan, pod);
    }
  }

  private void create(PlannedPod planned, Instant now) {
    try {
      pods.put(planned.key(), LocalPod.create(mesh, planned, now));
    } catch (IOException e) {
      log.error("{}: no network: {} (tried again)", planned.key(), e.getMessage());
    }
  }

  private void remove(MeshPlan plan, LocalPod pod) throws IOException {
    PodKey key = pod.plan().key();
    pod.unmake();
    pods.remove(key);
    tokens.forget(tokenName(pod.plan()));
    if (!plan.pods().containsKey(key)) seats.pods().remove(key);
  }

  private boolean neededUntilReplaced(MeshPlan plan, LocalPod old) {
    if (old.plan().owner().isEmpty() || !old.ready()) return false;
    return plan.pods().values().stream()
        .filter(planned -> planned.owner().equals(old.plan().owner()))
        .anyMatch(planned -> !isReady(planned.key()));
  }

  private boolean isReady(PodKey key) {
    LocalPod pod = pods.get(key);
    return pod != null && pod.ready();
  }

  /** A waypoint's pod is told how to reach the control plane; other pods get nothing. */
  private Map<String, String> defaults(PlannedPod pod) throws IOException {
    String gateway = pod.template().labels().getOrDefault(GATEWAY, "");
    if (gateway.isEmpty()) return Map.of();
    var subject =
        new Tokens.Subject(
            pod.namespace(),
            pod.template().serviceAccount(),
            pod.name(),
            pod.seat().uid(),
            pod.seat().nodeName());
    Map<String, String> environment =
        new HashMap<>(programs.controlPlaneClient(tokens.keep(tokenName(pod), subject)));
    environment.put("POD_NAME", pod.name());
    environment.put("POD_NAMESPACE", pod.namespace());
    environment.put("SERVICE_ACCOUNT", pod.template().serviceAccount());
    environment.put("INSTANCE_IP", pod.seat().v4());
    environment.put("NODE_NAME", pod.seat().nodeName());
    environment.put("GATEWAY_NAME", gateway);
    environment.putAll(mesh.request().variables().getOrDefault("waypoint", Map.of()));
    return environment;
  }

  private static String tokenName(PlannedPod pod) {
    return pod.namespace() + "." + pod.name();
  }

  Collection<LocalPod> all() {
    return pods.values();
  }
}
