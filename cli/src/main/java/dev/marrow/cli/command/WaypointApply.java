package dev.marrow.cli.command;

import dev.marrow.cli.edit.UserObjects;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a Gateway and the labels that bind something to it, and waits until it works. */
@Command(
    name = "apply",
    description =
        "Puts a waypoint in front of a service account, a service, a workload or a namespace.")
final class WaypointApply implements Callable<Integer> {
  private static final int MOST_REPLICAS = 1000;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** What the waypoint is for: exactly one of these. */
  static final class Purpose {
    @Option(
        names = "--for-service-account",
        paramLabel = "NAME",
        description = "all pods that run as this account")
    private String account = "";

    @Option(
        names = "--for-service",
        paramLabel = "NAME",
        description = "what is addressed to this service")
    private String service = "";

    @Option(
        names = "--for-workload",
        paramLabel = "NAME",
        description = "what is addressed to this pod, or to this Deployment's pods")
    private String workload = "";

    @Option(
        names = "--for",
        paramLabel = "namespace",
        description = "namespace: what is addressed to any service of the namespace")
    private String scope = "";
  }

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Purpose purpose = new Purpose();

  @Option(
      names = {"-n", "--namespace"},
      description = "the waypoint's namespace (default: ${DEFAULT-VALUE})")
  private String namespace = "default";

  @Option(
      names = "--name",
      description = "the waypoint's name (default: NAME-waypoint, or waypoint for a namespace)")
  private String name = "";

  @Option(names = "--replicas", description = "number of pods (default: ${DEFAULT-VALUE})")
  private int replicas = 1;

  @Option(
      names = "--placement",
      paramLabel = "node|remote",
      description = "node: a pod on every node, for the clients there (default: ${DEFAULT-VALUE})")
  private String placement = "remote";

  @Option(names = "--no-wait", description = "only write the objects")
  private boolean noWait;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long to wait (default: ${DEFAULT-VALUE})")
  private long seconds = 90;

  @Override
  public Integer call() throws IOException {
    Logging.quiet();
    MeshSettings settings = MeshSettings.localOrCluster();
    settings.requireRightsFor("waypoint apply");
    if (replicas < 1 || replicas > MOST_REPLICAS)
      throw new IOException("--replicas: " + replicas + " (expected: 1.." + MOST_REPLICAS + ")");
    if (!List.of("node", "remote").contains(placement))
      throw new IOException("--placement: " + placement + " (expected: node or remote)");
    if (placement.equals("node") && replicas != 1)
      throw new IOException("--replicas: not with --placement node, a pod on every node");
    PrintWriter out = spec.commandLine().getOut();
    UserObjects objects = settings.userObjects();
    ResourceSnapshot now = objects.read();
    Optional<KubeObject> bound = bound(now);
    String gateway = name.isEmpty() ? standardName() : name;
    Optional<KubeObject> existing = now.get("Gateway", namespace, gateway);
    if (existing.isPresent() && !GatewayView.isWaypoint(existing.get())) {
      throw new IOException(
          existing.get().origin()
              + ": Gateway "
              + gateway
              + " is no waypoint; choose another --name");
    }
    String text = gatewayText(gateway);
    if (existing.isPresent() && settings.cluster().isEmpty()) objects.delete(existing.get());
    String file = objects.add("waypoint-" + namespace + "-" + gateway + ".yaml", text);
    out.println("wrote " + file);
    if (bound.isPresent()
        && objects.label(bound.get(), GatewayView.USE_WAYPOINT, Optional.of(gateway))) {
      out.println("labelled " + bound.get().key() + " in " + bound.get().origin().source());
    }
    out.flush();
    if (!noWait) awaitReady(settings, gateway, out);
    return 0;
  }

  private void awaitReady(MeshSettings settings, String gateway, PrintWriter out)
      throws IOException {
    DataPlane dataPlane = new DataPlane(settings);
    WaypointReady ready = new WaypointReady(settings, dataPlane, namespace, gateway, replicas);
    dataPlane.await(
        "waypoint " + gateway + " is ready", ready::missing, Duration.ofSeconds(seconds), out);
  }

  /**
   * The object whose label binds it; a service account is bound by the Gateway's own annotation.
   */
  private Optional<KubeObject> bound(ResourceSnapshot objects) throws IOException {
    if (!purpose.account.isEmpty()) {
      boolean known = objects.get("ServiceAccount", namespace, purpose.account).isPresent();
      if (!known) throw missing("ServiceAccount", purpose.account, objects);
      return Optional.empty();
    }
    if (!purpose.service.isEmpty()) return Optional.of(find(objects, "Service", purpose.service));
    if (!purpose.scope.isEmpty()) {
      if (!purpose.scope.equals("namespace")) {
        throw new IOException(
            "--for: "
                + purpose.scope
                + " (expected: namespace, or one of --for-service-account, --for-service, --for-workload)");
      }
      return Optional.of(
          objects
              .get("Namespace", "", namespace)
              .orElseThrow(() -> missing("Namespace", namespace, objects)));
    }
    Optional<KubeObject> pod = objects.get("Pod", namespace, purpose.workload);
    return Optional.of(pod.isPresent() ? pod.get() : find(objects, "Deployment", purpose.workload));
  }

  private KubeObject find(ResourceSnapshot objects, String kind, String wanted) throws IOException {
    return objects.get(kind, namespace, wanted).orElseThrow(() -> missing(kind, wanted, objects));
  }

  private IOException missing(String kind, String wanted, ResourceSnapshot objects) {
    String where = kind.equals("Namespace") ? "" : namespace;
    List<String> there = objects.all(kind, where).stream().map(KubeObject::name).toList();
    return new IOException(
        "%s: no such object (there are: %s)"
            .formatted(new ObjectKey(kind, where, wanted), String.join(", ", there)));
  }

  private String standardName() {
    String target = purpose.account + purpose.service + purpose.workload;
    return target.isEmpty() ? "waypoint" : target + "-waypoint";
  }

  private String trafficType() {
    if (!purpose.account.isEmpty()) return "all";
    return purpose.workload.isEmpty() ? "service" : "workload";
  }

  private String gatewayText(String gateway) {
    StringBuilder annotations = new StringBuilder();
    if (!purpose.account.isEmpty())
      annotations
          .append("    ")
          .append(GatewayView.FOR_ACCOUNT)
          .append(": ")
          .append(purpose.account)
          .append('\n');
    if (replicas != 1)
      annotations.append("    marrow.dev/replicas: \"").append(replicas).append("\"\n");
    if (placement.equals("node")) annotations.append("    marrow.dev/placement: node\n");
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata:
      name: %s
      namespace: %s
      labels:
        istio.io/waypoint-for: %s
    %sspec:
      gatewayClassName: marrow-waypoint
      listeners:
      - name: mesh
        port: 15008
        protocol: HBONE
    """
        .formatted(
            gateway,
            namespace,
            trafficType(),
            annotations.isEmpty() ? "" : "  annotations:\n" + annotations);
  }
}
