package dev.marrow.controlplane.compile.address;

import dev.marrow.controlplane.compile.Ip;
import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.Canary;
import dev.marrow.controlplane.compile.binding.GatewayAddresses;
import dev.marrow.controlplane.compile.binding.NamespaceLabels;
import dev.marrow.controlplane.compile.facts.HostOwner;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServiceFactsOf;
import dev.marrow.controlplane.compile.route.ServiceHop;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.IPFamilies;
import dev.marrow.proto.workload.NetworkAddress;
import dev.marrow.proto.workload.Port;
import dev.marrow.proto.workload.Service;
import dev.marrow.proto.workload.Visibility;
import dev.marrow.proto.workload.WeightedWaypoint;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The services of a Service or ServiceEntry. */
public record ServiceAddress(ObjectKey object) implements Question<List<Address>> {
  @Override
  public List<Address> answer(Answers answers) {
    List<Address> addresses = new ArrayList<>();
    answers
        .object(object)
        .ifPresent(found -> {
          for (ServiceFacts facts : HostOwner.owned(answers, object)) {
            Service service = service(answers, found, facts);
            addresses.add(Address.newBuilder().setService(service).build());
          }
        });
    return addresses;
  }

  private Service service(Answers answers, KubeObject found, ServiceFacts facts) {
    Service.Builder service =
        Service.newBuilder()
            .setName(found.name())
            .setNamespace(found.namespace())
            .setHostname(facts.hostname())
            .setIpFamilies(families(found.spec().path("ipFamilies")))
            .setCanonical(answers.ask(new CanonicalHost(facts.hostname())).equals(object))
            .setIngressUseWaypoint(ingress(answers, found))
            .setVisibility(
                ServiceFactsOf.exported(found).equals(".") && !facts.kubernetes()
                    ? Visibility.NAMESPACE
                    : Visibility.PUBLIC);
    for (Ip ip : facts.addresses()) {
      service.addAddresses(address(answers.mesh().network(), ip));
    }
    for (ServiceFacts.ServicePort port : facts.ports()) {
      service.addPorts(
          Port.newBuilder()
              .setServicePort(port.port())
              .setTargetPort(port.target())
              .setAppProtocol(port.protocol()));
    }
    found.spec().path("subjectAltNames").forEach(n -> service.addSubjectAltNames(n.asString("")));
    Map<String, String> annotations = namespaceAnnotations(answers);
    (facts.kubernetes()
            ? LoadBalancings.of(found, annotations)
            : LoadBalancings.ofEntry(found, annotations))
        .ifPresent(service::setLoadBalancing);
    waypoint(answers, service);
    return service.build();
  }

  private void waypoint(Answers answers, Service.Builder service) {
    if (answers.ask(new ServiceHop(object))
        instanceof Binding.Bound(ObjectKey gateway, boolean ready)) {
      service.setWaypoint(GatewayAddresses.of(answers, gateway));
      if (answers.ask(new Canary.Of(object, gateway))
          instanceof Canary.Split(ObjectKey canary, int weight)) {
        service
            .addWeightedWaypoints(
                WeightedWaypoint.newBuilder()
                    .setDestination(GatewayAddresses.of(answers, gateway))
                    .setWeight(100 - weight))
            .addWeightedWaypoints(
                WeightedWaypoint.newBuilder()
                    .setDestination(GatewayAddresses.of(answers, canary))
                    .setWeight(weight));
      }
    }
  }

  private Map<String, String> namespaceAnnotations(Answers answers) {
    return answers
        .object("Namespace", "", object.namespace())
        .map(KubeObject::annotations)
        .orElse(Map.of());
  }

  private boolean ingress(Answers answers, KubeObject found) {
    String own = found.labels().getOrDefault(Labels.INGRESS_USE_WAYPOINT, "");
    return own.isEmpty()
        ? "true"
            .equals(
                answers
                    .ask(new NamespaceLabels(object.namespace()))
                    .get(Labels.INGRESS_USE_WAYPOINT))
        : own.equals("true");
  }

  private static NetworkAddress address(String network, Ip ip) {
    NetworkAddress.Builder address =
        NetworkAddress.newBuilder().setNetwork(network).setAddress(ip.bytes());
    if (ip.block()) {
      address.setLength(ip.prefixLength());
    }
    return address.build();
  }

  private static IPFamilies families(JsonNode families) {
    List<String> names = families.valueStream().map(n -> n.asString("")).toList();
    if (names.contains("IPv4")) {
      return names.contains("IPv6") ? IPFamilies.DUAL : IPFamilies.IPV4_ONLY;
    }
    return names.contains("IPv6") ? IPFamilies.IPV6_ONLY : IPFamilies.AUTOMATIC;
  }
}
