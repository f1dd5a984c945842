package dev.marrow.cli.local;

import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.plan.MeshPlanner;
import dev.marrow.cli.local.plan.PodKey;
import dev.marrow.cli.local.plan.Seat;
import dev.marrow.resources.DirectorySource;
import dev.marrow.resources.ResourceSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Objects and plans for tests. */
public final class Objects {
  private Objects() {}

  public static ResourceSnapshot parse(Path directory, String yaml) throws IOException {
    Files.writeString(directory.resolve("objects.yaml"), yaml);
    try (DirectorySource source = DirectorySource.watch(List.of(directory))) {
      return source.snapshot();
    }
  }

  public static MeshPlan plan(Path directory, String yaml) throws IOException {
    return plan(directory, yaml, new HashMap<>(), new HashMap<>());
  }

  public static MeshPlan plan(
      Path directory, String yaml, Map<PodKey, Seat> seats, Map<String, Integer> services)
      throws IOException {
    AtomicInteger ids = new AtomicInteger();
    return MeshPlanner.plan(
        2, parse(directory, yaml), seats, services, () -> "uid-" + ids.incrementAndGet());
  }

  public static String deployment(String name, int replicas, String extra) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %s, namespace: shop}
    spec:
      replicas: %d
      template:
        metadata: {labels: {app: %s}}
        spec:
          serviceAccountName: %s
          containers:
          - name: app
            command: [server, "--name=$(NAME)"]
            env:
            - {name: NAME, value: %s}
            - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
            ports: [{name: http, containerPort: 8080}]
    %s---
    """
        .formatted(name, replicas, name, name, name, extra);
  }

  public static String service(String name, String extra) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: %s, namespace: shop}
    spec:
      selector: {app: %s}
      ports: [{name: http, port: 80, targetPort: http}]
    %s---
    """
        .formatted(name, name, extra);
  }
}
