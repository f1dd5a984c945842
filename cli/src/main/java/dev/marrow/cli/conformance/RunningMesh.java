package dev.marrow.cli.conformance;

import dev.marrow.cli.local.Startup;
import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    Optional<MeshState.Pod> chosen = MeshState.read(state).flatMap(RunningMesh::pod);
    if (chosen.isEmpty()) {
      throw new IOException("the mesh runs, but none of its pods is in it yet (see: marrow pods)");
    }
    MeshState.Pod pod = chosen.get();
    String address = pod.addresses().getFirst();
    System.err.printf(
        "judging the node proxy of %s at pod %s/%s (%s)%n",
        pod.node(), pod.namespace(), pod.name(), address);
    Path authority = state.authority().resolve("intermediate.pem");
    List<String> command =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--net=" + Names.path(pod.netns()),
                "--",
                launcher,
                "conformance",
                "run",
                (address.contains(":") ? "[" + address + "]" : address) + ":" + TUNNELS,
                "--bundle",
                bundle(authority, state.rootCertificate()).toString(),
                "--ca-key",
                authority.toString()));
    command.addAll(Arrays.asList(args).subList(2, args.length));
    return Optional.of(command);
  }

  private static Optional<MeshState.Pod> pod(MeshState mesh) {
    return mesh.pods().stream()
        .filter(pod -> pod.enrolled() && pod.ready() && pod.gateway().isEmpty())
        .min(Comparator.comparing(pod -> pod.namespace() + "/" + pod.name()));
  }

  // The kit signs with the first certificate of the bundle; what is above it has to be shown too.
  private static Path bundle(Path authority, Path root) throws IOException {
    Path bundle =
        Files.createTempFile(
            "conformance-bundle",
            ".pem",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    String own = Files.readString(authority);
    int begin = own.indexOf("-----BEGIN CERTIFICATE-----");
    String end = "-----END CERTIFICATE-----";
    if (begin < 0) {
      throw new IOException(authority + ": no certificate");
    }
    String certificate = own.substring(begin, own.indexOf(end, begin) + end.length());
    Files.writeString(bundle, certificate + "\n" + Files.readString(root));
    bundle.toFile().deleteOnExit();
    return bundle;
  }
}
