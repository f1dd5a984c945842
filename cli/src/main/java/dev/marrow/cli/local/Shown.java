package dev.marrow.cli.local;

import dev.marrow.cli.local.network.Endpoints;
import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.cli.local.plan.PlannedService;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts what runs into the words of {@code mesh.json}. Pure. */
record Shown(MeshContext mesh, Enrolment enrolment) {
  private static final String USE_WAYPOINT = "istio.io/use-waypoint";

  MeshState state(
      MeshPlan plan,
      Pods pods,
      Programs programs,
      List<Endpoints> endpoints,
      List<String> problems) {
    List<MeshState.Program> running = programs.show();
    List<MeshState.Pod> shown = pods.all().stream().map(this::pod).toList();
    List<String> waiting = waiting(plan, running, shown);
    return new MeshState(
        waiting.isEmpty(),
        mesh.request().config().toString(),
        plan.nodes(),
        ProcessHandle.current().pid(),
        running,
        shown,
        endpoints.stream().map(it -> service(it, pods)).toList(),
        waiting,
        problems);
  }

  private List<String> waiting(
      MeshPlan plan, List<MeshState.Program> programs, List<MeshState.Pod> pods) {
    List<String> waiting = new ArrayList<>();
    programs.stream()
        .filter(program -> !program.ready())
        .forEach(program -> waiting.add(program.name()));
    for (MeshState.Pod pod : pods) {
      String name = pod.namespace() + "/" + pod.name();
      boolean leaving = pod.phase().equals("Terminating");
      if (!leaving && !pod.ready()) waiting.add("pod " + name);
      if (!leaving && enrolment.active() && pod.ambient() != pod.enrolled()) {
        waiting.add(pod.ambient() ? "enrolment of " + name : "end of enrolment of " + name);
      }
    }
    int missing = plan.pods().size() - pods.size();
    if (missing > 0) waiting.add(missing + " pods to be made");
    return waiting;
  }

  private MeshState.Pod pod(LocalPod pod) {
    PlannedPod plan = pod.plan();
    String account = plan.template().serviceAccount();
    return new MeshState.Pod(
        plan.namespace(),
        plan.name(),
        plan.owner(),
        plan.seat().nodeName(),
        List.of(plan.seat().v4(), plan.seat().v6()),
        account,
        "spiffe://" + MeshContext.TRUST_DOMAIN + "/ns/" + plan.namespace() + "/sa/" + account,
        pod.phase(),
        pod.ready(),
        pod.restarts(),
        pod.pid(),
        pod.netns().getFileName().toString(),
        plan.seat().uid(),
        enrolment.wanted(plan),
        enrolment.done(plan),
        plan.template().labels().getOrDefault(Pods.GATEWAY, ""),
        pod.logs(),
        plan.template().labels());
  }

  private MeshState.Service service(Endpoints endpoints, Pods pods) {
    PlannedService service = endpoints.service();
    long selected = pods.all().stream().filter(pod -> service.selects(pod.plan())).count();
    return new MeshState.Service(
        service.namespace(),
        service.name(),
        service.addresses(),
        service.ports().stream().map(port -> port.port() + "/" + port.protocol()).toList(),
        (int) selected,
        endpoints.ready().size(),
        waypoint(service));
  }

  private String waypoint(PlannedService service) {
    Map<String, String> labels = service.object().labels();
    // A waypoint is reached directly, whatever its namespace says of other services.
    if (labels.containsKey(Pods.GATEWAY)) return "";
    Map<String, String> namespace =
        enrolment
            .objects()
            .get("Namespace", "", service.namespace())
            .map(KubeObject::labels)
            .orElse(Map.of());
    String name = labels.getOrDefault(USE_WAYPOINT, namespace.getOrDefault(USE_WAYPOINT, ""));
    return name.equals("none") ? "" : name;
  }
}
