package dev.marrow.controlplane.compile.address;

import dev.marrow.controlplane.compile.Ip;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServiceFactsOf;
import dev.marrow.controlplane.compile.facts.ServicesListing;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.Workload;
import dev.marrow.proto.workload.WorkloadStatus;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The addresses of an EndpointSlice that somebody wrote by hand. They have no identity. */
public record SliceWorkloads(ObjectKey slice) implements Question<List<Address>> {
  @Override
  public List<Address> answer(Answers answers) {
    Optional<KubeObject> found = answers.object(slice);
    if (found.isEmpty()) {
      return List.of();
    }
    String name = ServicesListing.serviceOf(found.get());
    List<ServiceFacts> services =
        name.isEmpty()
            ? List.of()
            : answers
                .ask(new ServiceFactsOf(new ObjectKey("Service", slice.namespace(), name)))
                .stream()
                .filter(service -> service.selector().isEmpty())
                .map(service -> at(found.get(), service))
                .toList();
    List<Address> workloads = new ArrayList<>();
    if (!services.isEmpty()) {
      for (JsonNode endpoint : found.get().content().path("endpoints")) {
        if (!endpoint.path("targetRef").path("kind").stringValue("").equals("Pod")) {
          endpoint
              .path("addresses")
              .forEach(a ->
                  workload(answers, endpoint, a.asString(""), services).ifPresent(workloads::add));
        }
      }
    }
    return workloads;
  }

  /** A slice says where its addresses serve; the service's own target is for pods. */
  private static ServiceFacts at(KubeObject slice, ServiceFacts service) {
    Map<String, Integer> targets = new TreeMap<>();
    for (JsonNode port : slice.content().path("ports")) {
      int number = port.path("port").asInt(0);
      // Without a number it is every port, as the service's own says.
      if (number > 0) {
        targets.put(port.path("name").stringValue(""), number);
      }
    }
    return targets.isEmpty() ? service : service.at(targets);
  }

  private Optional<Address> workload(
      Answers answers, JsonNode endpoint, String address, List<ServiceFacts> services) {
    return Ip.parse(address)
        .map(ip -> {
          Workload.Builder workload =
              Workload.newBuilder()
                  .setUid(
                      "%s/discovery.k8s.io/EndpointSlice/%s/%s/%s"
                          .formatted(
                              answers.mesh().clusterId(), slice.namespace(), slice.name(), address))
                  .addAddresses(ip.bytes())
                  .setStatus(
                      endpoint.path("conditions").path("ready").asBoolean(true)
                          ? WorkloadStatus.HEALTHY
                          : WorkloadStatus.UNHEALTHY);
          new WorkloadParts(answers, workload)
              .identity(slice.namespace(), slice.name(), "")
              .network(Map.of())
              .services(services, Map.of());
          return Address.newBuilder().setWorkload(workload).build();
        });
  }
}
