package dev.marrow.nodeagent.kube;

import dev.marrow.linux.FileIdentity;
import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.api.ApiFailure;
import dev.marrow.nodeagent.api.ApiServer;
import dev.marrow.nodeagent.cni.PluginRequests;
import dev.marrow.nodeagent.cni.PodNetwork;
import dev.marrow.nodeagent.enrol.Agent;
import dev.marrow.nodeagent.plan.Decision;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/**
 * Lets a new pod begin once it is captured, or is to stay outside. It asks the API server for the
 * pod as it is now, because the watch may not have heard of it. Thread-safe.
 */
public final class PluginDoor implements PluginRequests.Doorman {
  private static final Duration PATIENCE = Duration.ofSeconds(12);
  private static final String MIRROR = "kubernetes.io/config.mirror";

  private final ApiServer server;
  private final KubernetesPods pods;
  private final EnrolmentPlan plan;
  private final Agent agent;
  private final HostNamespaces namespaces;

  PluginDoor(
      ApiServer server,
      KubernetesPods pods,
      EnrolmentPlan plan,
      Agent agent,
      HostNamespaces namespaces) {
    this.server = server;
    this.pods = pods;
    this.plan = plan;
    this.agent = agent;
    this.namespaces = namespaces;
  }

  @Override
  public void admit(PodNetwork begun) throws IOException, InterruptedException {
    JsonNode pod;
    JsonNode namespace;
    try {
      pod = server.get("/api/v1/namespaces/%s/pods/%s".formatted(begun.namespace(), begun.name()));
      namespace = server.get("/api/v1/namespaces/" + begun.namespace());
    } catch (ApiFailure refused) {
      if (refused.notFound()) {
        return; // deleted meanwhile: it will not run
      }
      throw refused;
    }
    String uid = pod.path("metadata").path("uid").stringValue("");
    boolean mirror = pod.path("metadata").path("annotations").has(MIRROR);
    if (!begun.uid().isEmpty() && !mirror && !begun.uid().equals(uid)) {
      throw new IOException(begun + ": is another pod by now");
    }
    Path netns = namespaces.seenFromHere(begun.netns());
    pods.begun(pod, namespace, new Sandbox(netns, begun.addresses()));
    if (wanted(uid) && !agent.awaitEnrolled(uid, identity(netns), PATIENCE)) {
      String why = agent.status().waiting().getOrDefault(begun.toString(), "no reason known");
      throw new IOException(
          "%s: not captured in %d s: %s".formatted(begun, PATIENCE.toSeconds(), why));
    }
  }

  private static FileIdentity identity(Path path) throws IOException {
    try (Netns netns = Netns.open(path)) {
      return netns.identity();
    }
  }

  private boolean wanted(String uid) {
    return plan.decide(pods.snapshot()).stream()
        .anyMatch(
            decision -> decision instanceof Decision.Enrol(var target) && target.uid().equals(uid));
  }
}
