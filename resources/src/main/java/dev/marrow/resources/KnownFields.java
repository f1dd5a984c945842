package dev.marrow.resources;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields that Kubernetes' own kinds have, as far as people write them by hand. A directory has
 * no API server before it that would refuse the others. An object with a version was accepted by an
 * API server, which may be newer than this list, and is not judged again.
 */
final class KnownFields {
  static final Set<String> METADATA =
      words(
          """
          annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers
          generateName generation labels managedFields name namespace ownerReferences
          resourceVersion selfLink uid\
          """);
  static final Set<String> OBJECT = words("apiVersion kind metadata spec status");
  static final Set<String> NAMESPACE = words("finalizers");
  static final Set<String> ACCOUNT =
      words("apiVersion kind metadata automountServiceAccountToken imagePullSecrets secrets");
  static final Set<String> SERVICE =
      words(
          """
          allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName
          externalTrafficPolicy healthCheckNodePort internalTrafficPolicy ipFamilies ipFamilyPolicy
          loadBalancerClass loadBalancerIP loadBalancerSourceRanges ports publishNotReadyAddresses
          selector sessionAffinity sessionAffinityConfig trafficDistribution type\
          """);
  static final Set<String> SERVICE_PORT =
      words("appProtocol name nodePort port protocol targetPort");
  static final Set<String> DEPLOYMENT =
      words(
          """
          minReadySeconds paused progressDeadlineSeconds replicas revisionHistoryLimit selector
          strategy template\
          """);
  static final Set<String> DAEMON_SET =
      words("minReadySeconds revisionHistoryLimit selector template updateStrategy");
  static final Set<String> TEMPLATE = words("metadata spec");
  static final Set<String> POD =
      words(
          """
          activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy
          enableServiceLinks ephemeralContainers evictionResponders hostAliases hostIPC hostNetwork
          hostPID hostUsers hostname hostnameOverride imagePullSecrets initContainers nodeName
          nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates
          resourceClaims resources restartPolicy runtimeClassName schedulerName schedulingGates
          schedulingGroup securityContext serviceAccount serviceAccountName setHostnameAsFQDN
          shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations
          topologySpreadConstraints volumes\
          """);
  static final Set<String> CONTAINER =
      words(
          """
          args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports
          readinessProbe resizePolicy resources restartPolicy restartPolicyRules securityContext
          startupProbe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty
          volumeDevices volumeMounts workingDir\
          """);
  static final Set<String> CONTAINER_PORT = words("containerPort hostIP hostPort name protocol");
  static final Set<String> VARIABLE = words("name value valueFrom");
  static final Set<String> PROBE =
      words(
          """
          exec failureThreshold grpc httpGet initialDelaySeconds periodSeconds successThreshold
          tcpSocket terminationGracePeriodSeconds timeoutSeconds\
          """);

  private static final Map<String, Set<String>> KINDS =
      Map.of(
          "Namespace", OBJECT,
          "ServiceAccount", ACCOUNT,
          "Service", OBJECT,
          "Pod", OBJECT,
          "Deployment", OBJECT,
          "DaemonSet", OBJECT);

  private final List<String> unknown = new ArrayList<>();

  private KnownFields() {}

  /** The paths of the fields of {@code object} that its kind does not have. */
  static List<String> unknown(String kind, ObjectNode object) {
    if (object.path("metadata").has("resourceVersion")) {
      return List.of();
    }
    KnownFields fields = new KnownFields();
    fields.check("", object, KINDS.getOrDefault(kind, Set.copyOf(object.propertyNames())));
    fields.check("metadata", object.path("metadata"), METADATA);
    JsonNode spec = object.path("spec");
    switch (kind) {
      case "Namespace" -> fields.check("spec", spec, NAMESPACE);
      case "Service" -> {
        fields.check("spec", spec, SERVICE);
        fields.each("spec.ports", spec.path("ports"), SERVICE_PORT);
      }
      case "Pod" -> fields.pod("spec", spec);
      case "Deployment", "DaemonSet" -> {
        fields.check("spec", spec, kind.equals("Deployment") ? DEPLOYMENT : DAEMON_SET);
        fields.check("spec.template", spec.path("template"), TEMPLATE);
        fields.check("spec.template.metadata", spec.path("template").path("metadata"), METADATA);
        fields.pod("spec.template.spec", spec.path("template").path("spec"));
      }
      default -> {
        // Kinds of the mesh are read strictly by whoever understands them.
      }
    }
    return fields.unknown;
  }

  private void pod(String path, JsonNode spec) {
    check(path, spec, POD);
    JsonNode containers = spec.path("containers");
    for (int i = 0; i < containers.size(); i++) {
      JsonNode container = containers.path(i);
      String where = "%s.containers[%d]".formatted(path, i);
      check(where, container, CONTAINER);
      each(where + ".ports", container.path("ports"), CONTAINER_PORT);
      each(where + ".env", container.path("env"), VARIABLE);
      check(where + ".readinessProbe", container.path("readinessProbe"), PROBE);
    }
  }

  private void each(String path, JsonNode list, Set<String> known) {
    for (int i = 0; i < list.size(); i++) {
      check("%s[%d]".formatted(path, i), list.path(i), known);
    }
  }

  private void check(String path, JsonNode node, Set<String> known) {
    for (String name : node.propertyNames()) {
      if (!known.contains(name)) {
        unknown.add(path.isEmpty() ? name : path + "." + name);
      }
    }
  }

  private static Set<String> words(String text) {
    return Set.of(text.strip().split("\\s+"));
  }
}
