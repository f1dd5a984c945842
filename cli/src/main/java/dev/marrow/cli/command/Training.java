package dev.marrow.cli.command;

import dev.marrow.cli.Marrow;
import dev.marrow.cli.local.dns.Zone;
import dev.marrow.cli.local.network.Endpoints;
import dev.marrow.cli.local.network.ServiceRules;
import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.plan.MeshPlanner;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.ObjectFiles;
import dev.marrow.cli.local.state.StateDirectory;
import dev.marrow.cli.local.state.Tokens;
import dev.marrow.resources.DirectorySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;

/**
 * Uses what the commands use, without touching the machine: from this run the start-up cache is
 * made.
 */
final class Training {
  private static final String OBJECTS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: shop}
      spec:
        replicas: 2
        template:
          metadata: {labels: {app: web}}
          spec:
            containers:
            - {name: app, command: [true], ports: [{containerPort: 80, name: http}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop}
      spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
      """;

  private Training() {}

  static int run() throws IOException {
    Logging.toStandardOutput();
    Path folder = Files.createTempDirectory("marrow-training");
    StateDirectory state = new StateDirectory(folder.resolve("state"));
    try {
      state.create();
      Files.writeString(
          state.generated().resolve("web.yaml"), OBJECTS.replace("[true]", "[\"true\"]"));
      work(state);
      Marrow.commandLine().execute("--help");
      Marrow.commandLine().execute("status", "--help");
      return 0;
    } finally {
      state.delete();
      Files.deleteIfExists(folder);
    }
  }

  private static void work(StateDirectory state) throws IOException {
    try (DirectorySource source = DirectorySource.watch(List.of(state.generated()))) {
      MeshPlan plan =
          MeshPlanner.plan(
              2,
              source.snapshot(),
              new HashMap<>(),
              new HashMap<>(),
              () -> UUID.randomUUID().toString());
      var pods = List.copyOf(plan.pods().values());
      List<Endpoints> endpoints =
          plan.services().values().stream().map(service -> new Endpoints(service, pods)).toList();
      ServiceRules.text(endpoints, pods);
      Zone.of("cluster.local", endpoints, pods);
      ObjectFiles objects = new ObjectFiles(state.objects());
      objects.node(1);
      for (var pod : pods) objects.pod(pod, Path.of("/run/netns/none"), "Running", true);
      for (var service : plan.services().values()) objects.service(service);
      objects.removeOthers();
      Tokens.open(state.tokens(), Clock.systemUTC())
          .keep("web", new Tokens.Subject("shop", "web", "web", "uid", "node-1"));
      new MeshState(false, "", 2, 0, List.of(), List.of(), List.of(), List.of(), List.of())
          .write(state);
      MeshState.read(state);
    }
  }
}
