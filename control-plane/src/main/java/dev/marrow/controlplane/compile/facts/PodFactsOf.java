package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.compile.Ip;
import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The facts of a pod; none for one without an address or that has ended. */
public record PodFactsOf(ObjectKey pod) implements Question<Optional<PodFacts>> {
  private static final Pattern CRON_JOB = Pattern.compile("(.+)-\\d{8,10}");

  @Override
  public Optional<PodFacts> answer(Answers answers) {
    return answers.object(pod).filter(PodFactsOf::running).map(PodFactsOf::facts);
  }

  private static boolean running(KubeObject pod) {
    String phase = pod.status().path("phase").stringValue("");
    return !phase.equals("Succeeded") && !phase.equals("Failed") && !addresses(pod).isEmpty();
  }

  private static PodFacts facts(KubeObject pod) {
    return new PodFacts(
        pod.namespace(),
        pod.name(),
        account(pod),
        pod.labels(),
        addresses(pod),
        pod.spec().path("nodeName").stringValue(""),
        tunnel(pod),
        ready(pod) && !pod.deleting(),
        pod.spec().path("hostNetwork").asBoolean(false),
        containerPorts(pod),
        owner(pod));
  }

  private static String account(KubeObject pod) {
    String account = pod.spec().path("serviceAccountName").stringValue("");
    return account.isEmpty() ? "default" : account;
  }

  private static List<Ip> addresses(KubeObject pod) {
    List<Ip> addresses = new ArrayList<>();
    for (JsonNode ip : pod.status().path("podIPs")) {
      Ip.parse(ip.path("ip").stringValue("")).ifPresent(addresses::add);
    }
    if (addresses.isEmpty()) {
      Ip.parse(pod.status().path("podIP").stringValue("")).ifPresent(addresses::add);
    }
    return addresses;
  }

  private static PodFacts.Tunnel tunnel(KubeObject pod) {
    if (speaksHbone(pod.labels())) {
      return PodFacts.Tunnel.OWN;
    }
    if ("enabled".equals(pod.annotations().get(Labels.REDIRECTION))) {
      return PodFacts.Tunnel.CAPTURED;
    }
    return "istio".equals(pod.labels().get(Labels.TLS_MODE))
        ? PodFacts.Tunnel.SIDECAR
        : PodFacts.Tunnel.NONE;
  }

  /** True for the label that says the workload terminates HBONE itself. */
  public static boolean speaksHbone(Map<String, String> labels) {
    return List.of(labels.getOrDefault(Labels.TUNNEL, "").split(",", -1)).contains("http");
  }

  private static boolean ready(KubeObject pod) {
    for (JsonNode condition : pod.status().path("conditions")) {
      if (condition.path("type").stringValue("").equals("Ready")) {
        return condition.path("status").asString("").equals("True");
      }
    }
    return false;
  }

  private static Map<String, Integer> containerPorts(KubeObject pod) {
    Map<String, Integer> ports = new TreeMap<>();
    pod.spec().path("containers").forEach(container -> ports(container, ports));
    for (JsonNode container : pod.spec().path("initContainers")) {
      // A sidecar: it runs as long as the others.
      if (container.path("restartPolicy").stringValue("").equals("Always")) {
        ports(container, ports);
      }
    }
    return ports;
  }

  private static void ports(JsonNode container, Map<String, Integer> into) {
    for (JsonNode port : container.path("ports")) {
      String name = port.path("name").stringValue("");
      if (!name.isEmpty()) {
        into.putIfAbsent(name, port.path("containerPort").asInt(0));
      }
    }
  }

  private static PodFacts.Owner owner(KubeObject pod) {
    for (JsonNode reference : pod.metadata().path("ownerReferences")) {
      String kind = reference.path("kind").stringValue("");
      String name = reference.path("name").stringValue("");
      if (kind.equals("ReplicaSet")) {
        return new PodFacts.Owner("Deployment", withoutHash(name, pod.labels()));
      }
      Matcher cron = CRON_JOB.matcher(name);
      if (kind.equals("Job") && cron.matches()) {
        return new PodFacts.Owner("CronJob", cron.group(1));
      }
      return new PodFacts.Owner(kind, name);
    }
    return new PodFacts.Owner("Pod", pod.name());
  }

  private static String withoutHash(String replicaSet, Map<String, String> labels) {
    String hash = labels.getOrDefault("pod-template-hash", "");
    if (!hash.isEmpty() && replicaSet.endsWith("-" + hash)) {
      return replicaSet.substring(0, replicaSet.length() - hash.length() - 1);
    }
    int dash = replicaSet.lastIndexOf('-');
    return hash.isEmpty() && dash > 0 ? replicaSet.substring(0, dash) : replicaSet;
  }
}
