package dev.marrow.cli.local;

import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.plan.Addresses;
import dev.marrow.cli.local.plan.Probe;
import dev.marrow.cli.local.plan.Seat;
import dev.marrow.cli.local.process.Launch;
import dev.marrow.cli.local.process.Supervised;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import dev.marrow.cli.local.state.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Marrow's own programs: the control plane, and on each node an agent and a proxy. Confined to the
 * supervisor's thread.
 */
final class Programs {
  private record Member(String node, Supervised process) {}

  private final MeshContext mesh;
  private final Tokens tokens;
  private final List<Member> members = new ArrayList<>();

  private Programs(MeshContext mesh, Tokens tokens) {
    this.mesh = mesh;
    this.tokens = tokens;
  }

  static Programs start(MeshContext mesh, Tokens tokens, Instant now) throws IOException {
    Programs programs = new Programs(mesh, tokens);
    if (mesh.has("control-plane")) programs.add("", programs.controlPlane(), now);
    for (int node = 1; node <= mesh.request().nodes(); node++) {
      Files.createDirectories(mesh.state().nodes().resolve(Seat.nodeName(node)));
      if (mesh.has("node-agent")) programs.add(Seat.nodeName(node), programs.nodeAgent(node), now);
      if (mesh.has("ztunnel")) programs.add(Seat.nodeName(node), programs.nodeProxy(node), now);
    }
    return programs;
  }

  private void add(String node, Launch launch, Instant now) throws IOException {
    members.add(new Member(node, Supervised.of(launch, now)));
  }

  void tick(Instant now) throws IOException {
    for (String name : mesh.state().takeRestarts()) restart(name, now);
    for (int node = 1; node <= mesh.request().nodes(); node++) keepToken(node);
    boolean authority = ready("control-plane") || !mesh.has("control-plane");
    for (Member member : members) {
      // Nobody can do anything before the root certificate is there.
      boolean first = member.process().launch().name().equals("control-plane");
      if (first
          || authority
          || member.process().running()
          || Files.exists(mesh.state().rootCertificate())) {
        member.process().tick(now);
      }
    }
  }

  /** A node proxy gives way to a successor that stands ready; the others end and start again. */
  private void restart(String name, Instant now) {
    for (Member member : members) {
      if (!member.process().launch().name().equals(name)) continue;
      if (name.startsWith("ztunnel/")) member.process().replace(now);
      else member.process().interrupt();
    }
  }

  private boolean ready(String name) {
    return members.stream()
        .anyMatch(
            member -> member.process().launch().name().equals(name) && member.process().ready());
  }

  boolean enrols() {
    return mesh.has("node-agent") && mesh.has("ztunnel");
  }

  /** Whether a node's proxy can carry connections. */
  boolean proxyReady(String node) {
    return ready("ztunnel/" + node);
  }

  List<MeshState.Program> show() {
    return members.stream()
        .map(member ->
            new MeshState.Program(
                member.process().launch().name(),
                member.node(),
                member.process().pid(),
                member.process().ready(),
                member.process().restarts(),
                member.process().launch().log().toString()))
        .toList();
  }

  private Launch controlPlane() throws IOException {
    StateDirectory state = mesh.state();
    Map<String, String> environment = mesh.environment("control-plane");
    environment.put("MARROW_CONFIG", config());
    environment.put("MARROW_STATUS_DIR", state.status().toString());
    environment.put("MARROW_GENERATED_DIR", state.generated().toString());
    environment.put("MARROW_CA_DIR", state.authority().toString());
    environment.put("MARROW_ROOT_CERT_OUT", state.rootCertificate().toString());
    environment.put("MARROW_TOKEN_JWKS", state.tokens().resolve("jwks.json").toString());
    environment.put("MARROW_XDS_ADDRESS", "0.0.0.0:15012");
    environment.put("TRUST_DOMAIN", MeshContext.TRUST_DOMAIN);
    environment.put("CLUSTER_DOMAIN", MeshContext.CLUSTER_DOMAIN);
    environment.put("CLUSTER_ID", "Kubernetes");
    Path folder =
        mesh.folder(
            "control-plane",
            "control-plane",
            Addresses.CONTROL_PLANE,
            Addresses.CONTROL_PLANE_V6,
            "marrow-system");
    return launch(
        "control-plane",
        mesh.names().controlPlane(),
        "control-plane",
        environment,
        folder,
        15021,
        Addresses.CONTROL_PLANE);
  }

  private Launch nodeAgent(int node) throws IOException {
    String name = Seat.nodeName(node);
    Map<String, String> environment = mesh.environment(name);
    environment.put("NODE_NAME", name);
    environment.put("INPOD_UDS", socket(node).toString());
    environment.put("MARROW_CONFIG", config());
    environment.put("MARROW_ENROLMENT_DIR", mesh.state().enrolment().toString());
    environment.put("REDIRECT_BACKEND", mesh.request().redirect());
    return launch(
        "node-agent/" + name,
        mesh.names().node(node),
        "node-agent",
        environment,
        folder(node),
        15022,
        Addresses.node(node));
  }

  private Launch nodeProxy(int node) throws IOException {
    String name = Seat.nodeName(node);
    Map<String, String> environment = mesh.environment(name);
    environment.putAll(controlPlaneClient(tokens.file("ztunnel-" + name)));
    environment.put("NODE_NAME", name);
    environment.put("INPOD_UDS", socket(node).toString());
    environment.put("POD_NAME", "ztunnel-" + name);
    environment.put("POD_NAMESPACE", "marrow-system");
    environment.put("SERVICE_ACCOUNT", "ztunnel");
    environment.put("INSTANCE_IP", Addresses.node(node));
    environment.put("ISTIO_META_CLUSTER_ID", "Kubernetes");
    environment.put("TERMINATION_GRACE_PERIOD_SECONDS", "8");
    return launch(
        "ztunnel/" + name,
        mesh.names().node(node),
        "ztunnel",
        environment,
        folder(node),
        15021,
        Addresses.node(node));
  }

  /** How a proxy finds the control plane and proves who it is. */
  Map<String, String> controlPlaneClient(Path token) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("XDS_ADDRESS", MeshContext.CONTROL_PLANE);
    environment.put("CA_ADDRESS", MeshContext.CONTROL_PLANE);
    environment.put("XDS_ROOT_CA", mesh.state().rootCertificate().toString());
    environment.put("CA_ROOT_CA", mesh.state().rootCertificate().toString());
    environment.put("AUTH_TOKEN", token.toString());
    environment.put("TRUST_DOMAIN", MeshContext.TRUST_DOMAIN);
    environment.put("CLUSTER_DOMAIN", MeshContext.CLUSTER_DOMAIN);
    environment.put("CLUSTER_ID", "Kubernetes");
    environment.put("NETWORK", "");
    return environment;
  }

  private void keepToken(int node) throws IOException {
    String name = Seat.nodeName(node);
    tokens.keep(
        "ztunnel-" + name,
        new Tokens.Subject("marrow-system", "ztunnel", "ztunnel-" + name, "ztunnel-" + name, name));
  }

  private Path socket(int node) {
    return mesh.state().nodes().resolve(Seat.nodeName(node)).resolve("ztunnel.sock");
  }

  private Path folder(int node) throws IOException {
    String name = Seat.nodeName(node);
    return mesh.folder(name, name, Addresses.node(node), Addresses.nodeV6(node), "marrow-system");
  }

  /**
   * The layers of objects: the user's, the control plane's, ours, and the node agents' marks on
   * top.
   */
  private String config() {
    StateDirectory state = mesh.state();
    return String.join(
        ":",
        mesh.request().config().toString(),
        state.generated().toString(),
        state.objects().toString(),
        state.enrolment().toString());
  }

  private Launch launch(
      String name,
      String namespace,
      String program,
      Map<String, String> environment,
      Path folder,
      int readyPort,
      String address) {
    environment.putAll(mesh.request().variables().getOrDefault(program, Map.of()));
    return new Launch(
        name,
        Names.path(namespace),
        folder.getFileName().toString(),
        List.of(mesh.program().toString(), "run", program),
        "/",
        environment,
        folder,
        mesh.state().logs().resolve(name.replace('/', '.') + ".log"),
        new Probe.Http(readyPort, "/healthz/ready"),
        address,
        Duration.ofSeconds(10));
  }
}
