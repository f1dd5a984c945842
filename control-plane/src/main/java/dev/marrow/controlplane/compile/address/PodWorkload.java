package dev.marrow.controlplane.compile.address;

import dev.marrow.controlplane.compile.Ip;
import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.facts.PodFacts;
import dev.marrow.controlplane.compile.facts.PodFactsOf;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServicesListing;
import dev.marrow.controlplane.compile.facts.ServicesSelecting;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.ApplicationTunnel;
import dev.marrow.proto.workload.NetworkMode;
import dev.marrow.proto.workload.TunnelProtocol;
import dev.marrow.proto.workload.Workload;
import dev.marrow.proto.workload.WorkloadStatus;
import dev.marrow.proto.workload.WorkloadType;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The workload of a pod; none where the pod has no address or has ended. */
public record PodWorkload(ObjectKey pod) implements Question<List<Address>> {
  @Override
  public List<Address> answer(Answers answers) {
    return answers
        .ask(new PodFactsOf(pod))
        .map(facts -> Address.newBuilder().setWorkload(workload(answers, facts)).build())
        .map(List::of)
        .orElse(List.of());
  }

  /** The uid of a pod. */
  public static String uid(String clusterId, String namespace, String name) {
    return clusterId + "//Pod/" + namespace + "/" + name;
  }

  private static Workload workload(Answers answers, PodFacts pod) {
    Workload.Builder workload =
        Workload.newBuilder()
            .setUid(uid(answers.mesh().clusterId(), pod.namespace(), pod.name()))
            .setNode(pod.node())
            .setTunnelProtocol(tunnel(pod.tunnel()))
            .setNativeTunnel(pod.tunnel() == PodFacts.Tunnel.OWN)
            .setStatus(pod.healthy() ? WorkloadStatus.HEALTHY : WorkloadStatus.UNHEALTHY)
            .setNetworkMode(pod.hostNetwork() ? NetworkMode.HOST_NETWORK : NetworkMode.STANDARD)
            .setWorkloadType(type(pod.owner()))
            .setLocality(answers.ask(new NodeLocality(pod.node())));
    pod.addresses().stream().map(Ip::bytes).forEach(workload::addAddresses);
    boolean single = type(pod.owner()) == WorkloadType.POD;
    new WorkloadParts(answers, workload)
        .identity(pod.namespace(), pod.name(), pod.account())
        .network(pod.labels())
        .names(pod.labels(), single ? pod.name() : pod.owner().name())
        .rules(pod.namespace(), pod.labels(), pod.account())
        .services(services(answers, pod), pod.containerPorts());
    applicationTunnel(answers, pod).ifPresent(workload::setApplicationTunnel);
    return workload.build();
  }

  private static Set<ServiceFacts> services(Answers answers, PodFacts pod) {
    Set<ServiceFacts> services =
        new LinkedHashSet<>(answers.ask(new ServicesSelecting(pod.namespace(), pod.labels())));
    services.addAll(
        answers.ask(new ServicesListing(pod.namespace())).getOrDefault(pod.name(), Set.of()));
    return services;
  }

  private static TunnelProtocol tunnel(PodFacts.Tunnel tunnel) {
    return switch (tunnel) {
      case NONE -> TunnelProtocol.NONE;
      case CAPTURED, OWN -> TunnelProtocol.HBONE;
      case SIDECAR -> TunnelProtocol.LEGACY_ISTIO_MTLS;
    };
  }

  private static WorkloadType type(PodFacts.Owner owner) {
    return switch (owner.kind()) {
      case "Deployment" -> WorkloadType.DEPLOYMENT;
      case "Job" -> WorkloadType.JOB;
      case "CronJob" -> WorkloadType.CRONJOB;
      default -> WorkloadType.POD;
    };
  }

  /** A node proxy in front of a waypoint's pod hands connections over with PROXY protocol. */
  private static Optional<ApplicationTunnel> applicationTunnel(Answers answers, PodFacts pod) {
    String gateway = pod.labels().getOrDefault(Labels.GATEWAY_NAME, "");
    if (gateway.isEmpty()) {
      return Optional.empty();
    }
    String binding =
        answers
            .object("Gateway", pod.namespace(), gateway)
            .map(KubeObject::annotations)
            .map(annotations -> annotations.getOrDefault(Labels.INBOUND_BINDING, ""))
            .orElse("");
    String[] parts = binding.split("/", -1);
    if (!parts[0].equals("PROXY")) {
      return Optional.empty();
    }
    ApplicationTunnel.Builder tunnel =
        ApplicationTunnel.newBuilder().setProtocol(ApplicationTunnel.Protocol.PROXY);
    if (parts.length > 1 && parts[1].matches("\\d{1,5}")) {
      tunnel.setPort(Integer.parseInt(parts[1]));
    }
    return Optional.of(tunnel.build());
  }
}
