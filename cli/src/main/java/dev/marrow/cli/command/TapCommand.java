package dev.marrow.cli.command;

import dev.marrow.cli.local.NodeAdmin;
import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows requests while a waypoint serves them. */
@Command(
    name = "tap",
    description =
        "Shows requests while waypoint/NAME serves them: heads without secrets, no bodies, a sample"
            + " of them if there are many.")
public final class TapCommand implements Callable<Integer> {
  private static final JsonMapper JSON = new JsonMapper();

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Parameters(index = "0", paramLabel = "waypoint/NAME", description = "the waypoint")
  private String name = "";

  @Option(
      names = {"-n", "--namespace"},
      description = "the waypoint's namespace")
  private String namespace = "";

  @Option(names = "--path", paramLabel = "PREFIX", description = "only paths that begin so")
  private String path = "";

  @Option(names = "--method", description = "only this method")
  private String method = "";

  @Option(names = "--status", paramLabel = "DIGITS", description = "only such statuses: 503, 5")
  private String status = "";

  @Option(names = "--rate", description = "at most so many a second and pod", defaultValue = "50")
  private int rate;

  @Option(names = "--limit", description = "end after so many", defaultValue = "1000")
  private int limit;

  @Option(names = "--seconds", description = "end after so long", defaultValue = "600")
  private int seconds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    MeshState mesh = MeshSettings.current().running();
    String waypoint = name.startsWith("waypoint/") ? name.substring(9) : name;
    List<MeshState.Pod> pods = new Targets(mesh, namespace).waypointPods(waypoint);
    List<Callable<Void>> looks = new ArrayList<>();
    for (MeshState.Pod pod : pods) {
      looks.add(() -> {
        NodeAdmin.lines(pod.netns(), "/tap?" + query(), line -> show(pod, line));
        return null;
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> look : threads.invokeAll(looks)) {
        look.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
    return 0;
  }

  private String query() {
    StringBuilder query =
        new StringBuilder("rate=" + rate + "&limit=" + limit + "&seconds=" + seconds);
    List<String> names = List.of("path", "method", "status");
    List<String> values = List.of(path, method, status);
    for (int i = 0; i < names.size(); i++) {
      if (!values.get(i).isEmpty()) {
        String value = URLEncoder.encode(values.get(i), StandardCharsets.UTF_8);
        query.append('&').append(names.get(i)).append('=').append(value);
      }
    }
    return query.toString();
  }

  private synchronized void show(MeshState.Pod pod, String line) {
    JsonNode report = JSON.readTree(line);
    if (!output.json() && report.path("skipped").asLong(-1) == 0) {
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(output.json() ? line : text(pod, report));
    out.flush();
  }

  private static String text(MeshState.Pod pod, JsonNode r) {
    if (r.has("skipped")) {
      return pod.name() + ": " + r.path("skipped").asLong(0) + " more fitted and were not shown";
    }
    return "%s %s %s %s%s -> %d %s %.1f ms %s -> %s (%s)"
        .formatted(
            r.path("time").asString(""),
            pod.name(),
            r.path("method").asString(""),
            r.path("authority").asString(""),
            r.path("path").asString(""),
            r.path("status").asInt(0),
            r.path("flags").asString("-"),
            r.path("durationMillis").asDouble(0),
            r.path("source").asString("").isEmpty()
                ? r.path("client").asString("")
                : r.path("source").asString(""),
            r.path("endpoint").asString(""),
            r.path("route").asString(""));
  }
}
