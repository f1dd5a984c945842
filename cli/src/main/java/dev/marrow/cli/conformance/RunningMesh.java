package dev.marrow.cli.conformance;

import dev.marrow.cli.command.VersionCommand;
import dev.marrow.cli.local.Startup;
import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The local mesh as a target: {@code conformance run} without an endpoint judges the node proxy of
 * one of its pods, from inside that pod's network namespace, with the mesh's own authority.
 */
final class RunningMesh {
  private static final int TUNNELS = 15008;
  private static final Set<String> WITHOUT_VALUE = Set.of("--quick", "--allow-dos");
  private static final Set<String> OTHER_TARGETS = Set.of("--self", "--target", "--help", "-h");

  private RunningMesh() {}

  /** Whether {@code args} name no endpoint. */
  static boolean isMeant(String[] args) {
    if (args.length < 2 || !args[0].equals("conformance") || !args[1].equals("run")) {
      return false;
    }
    for (int i = 2; i < args.length; i++) {
      String name = args[i].replaceFirst("=.*", "");
      if (!name.startsWith("-") || OTHER_TARGETS.contains(name)) {
        return false;
      }
      boolean valueFollows = !WITHOUT_VALUE.contains(name) && !args[i].contains("=");
      i += valueFollows ? 1 : 0;
    }
    return true;
  }

  /** The command that judges a pod of the mesh; empty when none runs. */
  static Optional<List<String>> command(
      String[] args, String launcher, Map<String, String> environment) throws IOException {
    Names names = new Names(environment.getOrDefault("MARROW_PREFIX", "marrow"));
    StateDirectory state =
        new StateDirectory(
            Path.of(environment.getOrDefault("MARROW_STATE", "/run/" + names.prefix())));
    if (!state.exists() || !Startup.runs(state)) {
      return Optional.empty();
    }
    if (Arrays.asList(args).contains("waypoint")) {
      throw new IOException(
          "a waypoint of the mesh that runs serves its own services only, not the kit's (expected: --self --profile waypoint, which starts one, or HOST:PORT)");
    }
    Optional<MeshState.Pod> chosen = MeshState.read(state).flatMap(RunningMesh::pod);
    if (chosen.isEmpty()) {
      throw new IOException("the mesh runs, but none of its pods is in it yet (see: marrow pods)");
    }
    MeshState.Pod pod = chosen.get();
    System.err.printf(
        "judging the node proxy of %s at pod %s/%s (%s); --self judges one that may be disturbed%n",
        pod.node(), pod.namespace(), pod.name(), pod.addresses().getFirst());
    Path folder = Files.createTempDirectory("marrow-conformance"); // for its owner only
    folder.toFile().deleteOnExit();
    Path authority = root(state);
    List<String> command =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--net=" + Names.path(pod.netns()),
                "--",
                launcher,
                "conformance",
                "run",
                "--found",
                "--target",
                write(folder.resolve("target.yaml"), target(pod, state)).toString(),
                "--bundle",
                write(folder.resolve("bundle.pem"), bundle(authority, state)).toString(),
                "--ca-key",
                authority.toString()));
    command.addAll(Arrays.asList(args).subList(2, args.length));
    return Optional.of(command);
  }

  // What does not disturb the mesh: the kit may read the log, but it changes no policy and ends
  // nothing. Metrics would mislead it: they count what the mesh's own pods do meanwhile.
  private static String target(MeshState.Pod pod, StateDirectory state) {
    String address = pod.addresses().getFirst();
    String program = "ztunnel/" + pod.node();
    return """
    name: "%s at %s/%s"
    version: "%s"
    address: "%s:%d"
    identity: "%s"
    serverIdentity: "%s"
    hooks:
      log: "cat %s"
    """
        .formatted(
            program,
            pod.namespace(),
            pod.name(),
            VersionCommand.OURS,
            address.contains(":") ? "[" + address + "]" : address,
            TUNNELS,
            pod.identity().replaceFirst("/ns/.*", "/ns/default/sa/conformance"),
            pod.identity(),
            state.logs().resolve(program.replace('/', '.') + ".log"));
  }

  private static Optional<MeshState.Pod> pod(MeshState mesh) {
    return mesh.pods().stream()
        .filter(pod -> pod.enrolled() && pod.ready() && pod.gateway().isEmpty())
        .min(Comparator.comparing(pod -> pod.namespace() + "/" + pod.name()));
  }

  /** The root that signs: its intermediate may sign no authorities, and the kit needs some. */
  private static Path root(StateDirectory state) throws IOException {
    Path active = state.authority().resolve("active");
    Path root = state.authority().resolve("root-" + Files.readString(active).strip() + ".pem");
    if (!Files.isReadable(root)) {
      throw new IOException(root + ": cannot be read (expected: the key of the mesh's root)");
    }
    return root;
  }

  // The kit signs with the first certificate of the bundle; then every root that is trusted.
  private static String bundle(Path authority, StateDirectory state) throws IOException {
    String own = Files.readString(authority);
    int begin = own.indexOf("-----BEGIN CERTIFICATE-----");
    String end = "-----END CERTIFICATE-----";
    if (begin < 0) {
      throw new IOException(authority + ": no certificate");
    }
    String certificate = own.substring(begin, own.indexOf(end, begin) + end.length());
    return certificate + "\n" + Files.readString(state.rootCertificate());
  }

  private static Path write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    file.toFile().deleteOnExit();
    return file;
  }
}
