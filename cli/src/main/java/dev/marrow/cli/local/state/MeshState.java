package dev.marrow.cli.local.state;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What runs at one moment, as {@code mesh.json} tells the other commands.
 *
 * @param waiting what is not ready yet, in words
 * @param problems objects that cannot be used, and why
 */
public record MeshState(
    boolean ready,
    String config,
    int nodes,
    long supervisor,
    List<Program> programs,
    List<Pod> pods,
    List<Service> services,
    List<String> waiting,
    List<String> problems) {
  private static final JsonMapper JSON = new JsonMapper();

  /** One of our own programs; {@code name} is for example {@code ztunnel/node-1}. */
  public record Program(
      String name, String node, long pid, boolean ready, int restarts, String log) {}

  /**
   * One pod.
   *
   * @param ambient its label says that it takes part
   * @param enrolled the node's agent says that it does
   * @param identity its SPIFFE id
   * @param gateway the waypoint it belongs to, or empty
   */
  public record Pod(
      String namespace,
      String name,
      String owner,
      String node,
      List<String> addresses,
      String serviceAccount,
      String identity,
      String phase,
      boolean ready,
      int restarts,
      long pid,
      String netns,
      String uid,
      boolean ambient,
      boolean enrolled,
      String gateway,
      List<String> logs,
      Map<String, String> labels) {}

  /** One service; {@code ports} as {@code 80/TCP}. */
  public record Service(
      String namespace,
      String name,
      List<String> addresses,
      List<String> ports,
      int endpoints,
      int ready,
      String waypoint) {}

  public void write(StateDirectory state) throws IOException {
    StateDirectory.write(
        state.mesh(), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this));
  }

  public static Optional<MeshState> read(StateDirectory state) throws IOException {
    Optional<String> text = StateDirectory.read(state.mesh());
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(JSON.readValue(text.get(), MeshState.class));
  }
}
