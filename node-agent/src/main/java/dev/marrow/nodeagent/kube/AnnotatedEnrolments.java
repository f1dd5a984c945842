package dev.marrow.nodeagent.kube;

import dev.marrow.nodeagent.api.ApiFailure;
import dev.marrow.nodeagent.api.ApiServer;
import dev.marrow.nodeagent.enrol.Enrolments;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ResourceSource;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Enrolments as an annotation of the pods themselves, which is where every ambient control plane
 * looks for them. Written through {@code pods/status}, so that the agent needs no right to change
 * what a pod is. Used by one thread at a time.
 */
public final class AnnotatedEnrolments implements Enrolments {
  private static final String REDIRECTION = "ambient.istio.io/redirection";
  private static final JsonMapper JSON = new JsonMapper();

  private final ApiServer server;
  private final ResourceSource pods;
  private final String node;
  // Struck out, or entered, but the snapshot may not show it yet.
  private final Set<String> struck = new HashSet<>();
  private final Set<String> entered = new HashSet<>();

  public AnnotatedEnrolments(ApiServer server, ResourceSource pods, String node) {
    this.server = server;
    this.pods = pods;
    this.node = node;
  }

  @Override
  public void enter(Entry pod) throws IOException {
    if (!struck.remove(pod.uid()) && shown(pod)) {
      return;
    }
    write(pod, "enabled");
    entered.add(pod.uid());
  }

  @Override
  public void strike(Entry pod) throws IOException {
    if (!struck.add(pod.uid()) || !shown(pod) && !entered.contains(pod.uid())) {
      return;
    }
    try {
      write(pod, null);
      entered.remove(pod.uid());
    } catch (ApiFailure refused) {
      // Gone, or another pod of the same name: either way there is nothing of ours any more.
      if (!refused.notFound() && refused.status() != 409) {
        struck.remove(pod.uid());
        throw refused;
      }
      entered.remove(pod.uid());
    } catch (IOException failure) {
      struck.remove(pod.uid());
      throw failure;
    }
  }

  @Override
  public List<Entry> entries() {
    List<Entry> shown =
        pods.snapshot().all("Pod").stream()
            .filter(pod -> pod.spec().path("nodeName").stringValue("").equals(node))
            .filter(AnnotatedEnrolments::enrolled)
            .map(pod -> new Entry(pod.namespace(), pod.name(), pod.uid()))
            .toList();
    shown.forEach(entry -> entered.remove(entry.uid()));
    struck.removeIf(uid -> shown.stream().noneMatch(entry -> entry.uid().equals(uid)));
    return shown.stream().filter(entry -> !struck.contains(entry.uid())).toList();
  }

  private boolean shown(Entry pod) {
    Optional<KubeObject> object = pods.snapshot().get("Pod", pod.namespace(), pod.name());
    return object.filter(o -> o.uid().equals(pod.uid()) && enrolled(o)).isPresent();
  }

  private static boolean enrolled(KubeObject pod) {
    return pod.annotations().getOrDefault(REDIRECTION, "").equals("enabled");
  }

  private void write(Entry pod, @Nullable String value) throws IOException {
    ObjectNode patch = JSON.createObjectNode();
    ObjectNode metadata = patch.putObject("metadata");
    // Refused if the name belongs to another pod by now.
    metadata.put("uid", pod.uid());
    metadata.putObject("annotations").put(REDIRECTION, value);
    server.merge(
        "/api/v1/namespaces/%s/pods/%s/status".formatted(pod.namespace(), pod.name()), patch);
  }
}
