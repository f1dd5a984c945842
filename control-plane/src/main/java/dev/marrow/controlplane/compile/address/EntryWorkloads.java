package dev.marrow.controlplane.compile.address;

import com.google.protobuf.UInt32Value;
import dev.marrow.controlplane.compile.Ip;
import dev.marrow.controlplane.compile.facts.EntryShapes;
import dev.marrow.controlplane.compile.facts.PodFactsOf;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServiceFactsOf;
import dev.marrow.controlplane.compile.facts.ServicesSelecting;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.TunnelProtocol;
import dev.marrow.proto.workload.Workload;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The workloads that are written down instead of running as pods: a WorkloadEntry, the endpoints
 * inside a ServiceEntry, or the name that a ServiceEntry resolves by DNS.
 */
public record EntryWorkloads(ObjectKey object) implements Question<List<Address>> {
  private static final String GROUP = "networking.istio.io/";

  @Override
  public List<Address> answer(Answers answers) {
    Optional<KubeObject> found = answers.object(object);
    if (found.isEmpty()) {
      return List.of();
    }
    return object.kind().equals("WorkloadEntry")
        ? List.of(entry(answers, found.get()))
        : inline(answers, found.get());
  }

  private Address entry(Answers answers, KubeObject entry) {
    Map<String, String> labels = EntryShapes.labels(entry.labels(), entry.spec());
    List<ServiceFacts> services =
        answers.ask(new ServicesSelecting(entry.namespace(), labels)).stream()
            .filter(service -> !service.kubernetes())
            .toList();
    String uid =
        "%s/%sWorkloadEntry/%s/%s"
            .formatted(answers.mesh().clusterId(), GROUP, entry.namespace(), entry.name());
    return address(answers, entry, uid, entry.spec(), labels, services);
  }

  private List<Address> inline(Answers answers, KubeObject entry) {
    List<ServiceFacts> hosts = answers.ask(new ServiceFactsOf(object));
    String prefix =
        "%s/%sServiceEntry/%s/%s/"
            .formatted(answers.mesh().clusterId(), GROUP, entry.namespace(), entry.name());
    List<Address> workloads = new ArrayList<>();
    for (JsonNode endpoint : entry.spec().path("endpoints")) {
      Map<String, String> labels = EntryShapes.labels(Map.of(), endpoint);
      String uid = prefix + endpoint.path("address").stringValue("");
      workloads.add(address(answers, entry, uid, endpoint, labels, hosts));
    }
    if (workloads.isEmpty() && byName(entry)) {
      for (ServiceFacts host : hosts) {
        Workload.Builder workload = Workload.newBuilder().setUid(prefix + host.hostname());
        new WorkloadParts(answers, workload)
            .identity(entry.namespace(), entry.name(), "")
            .network(Map.of())
            .names(entry.labels(), entry.name())
            .services(List.of(host), Map.of());
        workloads.add(
            Address.newBuilder().setWorkload(workload.setHostname(host.hostname())).build());
      }
    }
    return workloads;
  }

  private static boolean byName(KubeObject entry) {
    return entry.spec().path("resolution").stringValue("NONE").startsWith("DNS")
        && entry.spec().path("workloadSelector").isMissingNode();
  }

  private static Address address(
      Answers answers,
      KubeObject object,
      String uid,
      JsonNode endpoint,
      Map<String, String> labels,
      List<ServiceFacts> services) {
    String account = EntryShapes.account(endpoint);
    Workload.Builder workload = Workload.newBuilder().setUid(uid);
    String address = endpoint.path("address").stringValue("");
    Optional<Ip> ip = Ip.parse(address);
    ip.ifPresent(found -> workload.addAddresses(found.bytes()));
    if (ip.isEmpty() && !address.isEmpty()) {
      workload.setHostname(address);
    }
    if (PodFactsOf.speaksHbone(labels)) {
      workload.setTunnelProtocol(TunnelProtocol.HBONE);
      workload.setNativeTunnel(true);
    }
    new WorkloadParts(answers, workload)
        .identity(object.namespace(), object.name(), account)
        .network(labels)
        .names(labels, object.name())
        .rules(object.namespace(), labels, account)
        .services(withPorts(services, endpoint.path("ports")), Map.of());
    Optional.of(endpoint.path("network").stringValue(""))
        .filter(network -> !network.isEmpty())
        .ifPresent(workload::setNetwork);
    Optional.of(endpoint.path("locality").stringValue(""))
        .filter(locality -> !locality.isEmpty())
        .ifPresent(locality -> workload.setLocality(NodeLocality.parse(locality)));
    if (endpoint.hasNonNull("weight")) {
      workload.setCapacity(UInt32Value.of(Math.max(0, endpoint.path("weight").asInt(1))));
    }
    return Address.newBuilder().setWorkload(workload).build();
  }

  /** An endpoint may say on which port it serves a port of the service, by that port's name. */
  private static List<ServiceFacts> withPorts(List<ServiceFacts> services, JsonNode ports) {
    if (ports.isEmpty()) {
      return services;
    }
    return services.stream().map(service -> withPorts(service, ports)).toList();
  }

  private static ServiceFacts withPorts(ServiceFacts service, JsonNode ports) {
    List<ServiceFacts.ServicePort> own =
        service.ports().stream()
            .map(port ->
                new ServiceFacts.ServicePort(
                    port.name(),
                    port.port(),
                    ports.path(port.name()).asInt(port.target()),
                    "",
                    port.protocol()))
            .toList();
    return new ServiceFacts(
        service.object(),
        service.hostname(),
        service.addresses(),
        own,
        service.selector(),
        service.labels());
  }
}
