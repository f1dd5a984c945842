package dev.marrow.cli.command;

import dev.marrow.cli.local.Startup;
import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Which mesh a command is about: {@code MARROW_PREFIX} (default {@code marrow}) names its network
 * namespaces, {@code MARROW_STATE} (default {@code /run/PREFIX}) is its folder.
 */
record MeshSettings(StateDirectory state, Names names) {
  static MeshSettings of(Map<String, String> environment) {
    Names names = new Names(environment.getOrDefault("MARROW_PREFIX", "marrow"));
    String state = environment.getOrDefault("MARROW_STATE", "/run/" + names.prefix());
    return new MeshSettings(new StateDirectory(Path.of(state)), names);
  }

  static MeshSettings current() {
    return of(System.getenv());
  }

  /** The state of the mesh, which has to run. */
  MeshState running() throws IOException {
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

  static void requireRoot(String what) throws IOException {
    Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!uid.equals(0))
      throw new IOException(what + " works with network namespaces and has to run as root");
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
