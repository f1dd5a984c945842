package dev.marrow.cli.local;

import dev.marrow.cli.local.dns.DnsServer;
import dev.marrow.cli.local.dns.Zone;
import dev.marrow.cli.local.network.Endpoints;
import dev.marrow.cli.local.network.ServiceRules;
import dev.marrow.cli.local.network.Shell;
import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.cli.local.plan.PlannedService;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.ObjectFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the supervisor tells the world: objects, service rules, names and {@code mesh.json}. Each is
 * written only when it changed. Confined to the supervisor's thread.
 */
final class Outputs {
  private final MeshContext mesh;
  private final DnsServer dns;
  private final ObjectFiles objects;
  private final Map<Integer, String> rules = new HashMap<>();
  private Optional<Zone> zone = Optional.empty();
  private MeshState shown =
      new MeshState(false, "", 0, 0, List.of(), List.of(), List.of(), List.of(), List.of());

  Outputs(MeshContext mesh, DnsServer dns) {
    this.mesh = mesh;
    this.dns = dns;
    this.objects = new ObjectFiles(mesh.state().objects());
  }

  void publish(
      MeshPlan plan, Pods pods, Programs programs, Enrolment enrolment, List<String> problems)
      throws IOException {
    List<Endpoints> endpoints = endpoints(plan, pods);
    List<PlannedPod> all = pods.all().stream().map(LocalPod::plan).toList();
    objects(plan, pods);
    rules(endpoints, all);
    Optional<Zone> next = Optional.of(Zone.of(MeshContext.CLUSTER_DOMAIN, endpoints, all));
    if (!next.equals(zone)) dns.publish(next.get());
    zone = next;
    MeshState state = new Shown(mesh, enrolment).state(plan, pods, programs, endpoints, problems);
    if (!state.equals(shown)) state.write(mesh.state());
    shown = state;
  }

  private static List<Endpoints> endpoints(MeshPlan plan, Pods pods) {
    List<Endpoints> endpoints = new ArrayList<>();
    for (PlannedService service : plan.services().values()) {
      List<PlannedPod> ready =
          pods.all().stream()
              .filter(pod -> pod.ready() && service.selects(pod.plan()))
              .map(LocalPod::plan)
              .toList();
      endpoints.add(new Endpoints(service, ready));
    }
    return endpoints;
  }

  private void objects(MeshPlan plan, Pods pods) throws IOException {
    for (int node = 1; node <= plan.nodes(); node++) objects.node(node);
    for (LocalPod pod : pods.all()) {
      objects.pod(
          pod.plan(),
          pod.netns(),
          pod.phase().equals("Pending") ? "Pending" : "Running",
          pod.ready());
    }
    for (PlannedService service : plan.services().values()) objects.service(service);
    objects.removeOthers();
  }

  private void rules(List<Endpoints> endpoints, List<PlannedPod> pods) throws IOException {
    for (int node = 1; node <= mesh.request().nodes(); node++) {
      int here = node;
      String text =
          ServiceRules.text(
              endpoints, pods.stream().filter(pod -> pod.seat().node() == here).toList());
      if (text.equals(rules.get(node))) continue;
      Shell.rules(mesh.names().node(node), text);
      rules.put(node, text);
    }
  }
}
