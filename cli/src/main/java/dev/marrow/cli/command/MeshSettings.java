package dev.marrow.cli.command;

import dev.marrow.cli.cluster.ClusterEdit;
import dev.marrow.cli.cluster.ClusterMirror;
import dev.marrow.cli.cluster.KubeconfigFile;
import dev.marrow.cli.cluster.Questions;
import dev.marrow.cli.edit.UserObjects;
import dev.marrow.cli.local.Startup;
import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which mesh a command is about: {@code MARROW_PREFIX} (default {@code marrow}) names its network
 * namespaces, {@code MARROW_STATE} (default {@code /run/PREFIX}) is its folder. Where no local mesh
 * is, {@code KUBECONFIG} names the cluster that is meant.
 *
 * @param cluster then {@code state} is a copy of what it has
 */
record MeshSettings(StateDirectory state, Names names, Optional<KubeconfigFile> cluster) {
  /** The local mesh that {@code environment} names. */
  static MeshSettings of(Map<String, String> environment) {
    Names names = new Names(environment.getOrDefault("MARROW_PREFIX", "marrow"));
    String state = environment.getOrDefault("MARROW_STATE", "/run/" + names.prefix());
    return new MeshSettings(new StateDirectory(Path.of(state)), names, Optional.empty());
  }

  /** The local mesh if there is one, else the cluster that {@code KUBECONFIG} names, if any. */
  static MeshSettings localOrCluster() {
    MeshSettings local = current();
    Optional<KubeconfigFile> cluster = KubeconfigFile.named(System.getenv());
    return local.state().exists() || cluster.isEmpty()
        ? local
        : new MeshSettings(copy(), local.names(), cluster);
  }

  private static StateDirectory copy() {
    try {
      var copy = new StateDirectory(Files.createTempDirectory("marrow-cluster"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> forget(copy)));
      return copy;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void forget(StateDirectory copy) {
    try {
      copy.delete();
    } catch (IOException left) {
      // It lies in the folder for temporary files.
    }
  }

  /** Where the objects are that a user writes. */
  Path objects(MeshState mesh) {
    return cluster.isPresent() ? state.objects() : Path.of(mesh.config());
  }

  /** The local mesh, for commands that work on nothing else. */
  static MeshSettings current() {
    return of(System.getenv());
  }

  /** The state of the mesh, which has to run. */
  MeshState running() throws IOException {
    if (cluster.isPresent()) {
      Logging.quiet();
      try (var questions = new Questions(cluster.get().connect())) {
        return ClusterMirror.write(questions, ClusterCommand.NAMESPACE, state);
      }
    }
    if (!state.exists())
      throw new IOException(
          "no mesh runs (state: " + state.root() + "); start one with `marrow up`");
    MeshState mesh =
        MeshState.read(state)
            .orElseThrow(() -> new IOException("the mesh is just starting; try again in a second"));
    if (!Startup.runs(state)) {
      throw new IOException(
          "the mesh has lost its supervisor; `marrow down` cleans up, `marrow up` starts anew");
    }
    return mesh;
  }

  /** The objects that a user writes; the mesh has to run. */
  UserObjects userObjects() throws IOException {
    Path objects = objects(running());
    return cluster.isEmpty()
        ? new UserObjects(objects)
        : UserObjects.of(new ClusterEdit(cluster.get()), objects);
  }

  void requireRightsFor(String what) throws IOException {
    if (cluster.isEmpty()) {
      requireRoot(what);
    }
  }

  static void requireRoot(String what) throws IOException {
    Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!uid.equals(0))
      throw new IOException(what + " works with network namespaces and has to run as root");
  }

  /** How the user calls us. */
  static String command() {
    return System.getenv().getOrDefault("MARROW_COMMAND", "marrow");
  }

  /** Where the distribution lies. */
  static Path home() throws IOException {
    String home = System.getProperty("marrow.home", "");
    if (home.isEmpty())
      throw new IOException(
          "marrow.home: not set (expected: the folder of the distribution; use ./marrow)");
    return Path.of(home);
  }
}
