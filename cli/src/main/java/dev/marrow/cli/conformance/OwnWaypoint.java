package dev.marrow.cli.conformance;

import dev.marrow.cli.command.VersionCommand;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.command.SelfTarget.Running;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.run.Hooks;
import dev.marrow.conformance.run.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** Our waypoint from a file: one service, all of whose ports lead to the kit's application. */
final class OwnWaypoint {
  private static final InetSocketAddress TUNNELS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 15008);
  private static final String IDENTITY = "spiffe://cluster.local/ns/default/sa/waypoint";

  private static final String VIP = "127.0.0.5";

  private OwnWaypoint() {}

  static Running start(String launcher, Mint authority, Backend backend)
      throws IOException, InterruptedException {
    OwnFolder folder = OwnFolder.create();
    try {
      folder.write("root.pem", PemFiles.pem("CERTIFICATE", authority.certificate()));
      folder.write("waypoint", authority.issue(LeafSpec.svid(IDENTITY)));
      folder.write("waypoint.yaml", configuration(backend, "[]"));
      OwnProcess process =
          OwnProcess.start(
              List.of(launcher, "run", "waypoint", "--config", folder.file("waypoint.yaml") + ""),
              Map.of(),
              folder.file("proxy.log"),
              TUNNELS);
      Hooks hooks =
          new Hooks(
              Map.of(
                  "pid", _ -> String.valueOf(process.pid()),
                  "log", _ -> process.log(),
                  "policy", told -> policy(told, folder, process, backend)));
      return new OwnProxy.Started(process, folder, target(hooks));
    } catch (IOException | InterruptedException e) {
      folder.close();
      throw e;
    }
  }

  // From a file it learns of policies when it starts.
  private static String policy(
      Map<String, String> told, OwnFolder folder, OwnProcess process, Backend backend)
      throws IOException, InterruptedException {
    Path files = Path.of(told.getOrDefault("KIT_POLICIES", ""));
    String policies = Files.readString(files.resolve("waypoint.yaml"));
    folder.write("waypoint.yaml", configuration(backend, policies));
    process.restart();
    return "";
  }

  private static Target target(Hooks hooks) {
    Target plain = Target.at(TUNNELS, Profile.WAYPOINT);
    return new Target(
        "marrow-waypoint",
        VersionCommand.OURS,
        plain.address(),
        Profile.WAYPOINT,
        new Target.Reach(VIP, Optional.empty(), plain.foreignAuthority()),
        plain.identity(),
        Optional.of(IDENTITY),
        plain.patience(),
        hooks,
        Map.of());
  }

  private static String configuration(Backend backend, String policies) {
    StringJoiner ports = new StringJoiner(", ");
    StringJoiner rules = new StringJoiner(", ");
    for (Behaviour behaviour : Behaviour.values()) {
      int port = backend.port(behaviour);
      String protocol = behaviour.name().startsWith("HTTP") ? "HTTP1" : "TCP";
      ports.add("\"%d\": %d".formatted(port, port));
      rules.add("{ port: %d, protocol: %s }".formatted(port, protocol));
    }
    return """
    hbone: { address: 127.0.0.1, port: 15008, identity: "%s", chain: waypoint.pem, key: waypoint.key, roots: root.pem }
    mesh:
      workloads:
        - { uid: "Kubernetes//Pod/default/application", name: application, namespace: default, serviceAccount: application, workloadIps: ["127.0.0.1"], protocol: TCP, services: { "default/application": { %s } } }
      services:
        - { name: application, namespace: default, hostname: application, vips: ["/%s"], ports: { %s } }
    destinations:
      - { service: { namespace: default, hostname: application }, ports: [ %s ], policies: %s }
    """
        .formatted(IDENTITY, ports, VIP, ports, rules, policies);
  }
}
