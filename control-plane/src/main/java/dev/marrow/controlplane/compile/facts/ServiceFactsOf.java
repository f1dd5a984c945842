package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.compile.Ip;
import dev.marrow.controlplane.compile.Selector;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.MeshConfig;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.workload.AppProtocol;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The hosts of a Service (one, or none for an ExternalName) or of a ServiceEntry. */
public record ServiceFactsOf(ObjectKey object) implements Question<List<ServiceFacts>> {
  @Override
  public List<ServiceFacts> answer(Answers answers) {
    Optional<KubeObject> found = answers.object(object);
    if (found.isEmpty()) {
      return List.of();
    }
    return object.kind().equals("Service")
        ? service(found.get(), answers.mesh()).map(List::of).orElse(List.of())
        : entry(found.get());
  }

  private static Optional<ServiceFacts> service(KubeObject service, MeshConfig mesh) {
    JsonNode spec = service.spec();
    if (spec.path("type").stringValue("").equals("ExternalName")) {
      return Optional.empty();
    }
    Selector selector = Selector.ofLabels(spec.path("selector"));
    return Optional.of(
        new ServiceFacts(
            service.key(),
            mesh.hostname(service.namespace(), service.name()),
            clusterIps(spec),
            servicePorts(spec.path("ports")),
            selector.empty() ? Optional.empty() : Optional.of(selector),
            service.labels()));
  }

  private static List<Ip> clusterIps(JsonNode spec) {
    List<Ip> addresses = new ArrayList<>();
    for (JsonNode ip : spec.path("clusterIPs")) {
      Ip.parse(ip.stringValue("")).ifPresent(addresses::add);
    }
    if (addresses.isEmpty()) {
      Ip.parse(spec.path("clusterIP").stringValue("")).ifPresent(addresses::add);
    }
    return addresses;
  }

  private static List<ServiceFacts.ServicePort> servicePorts(JsonNode ports) {
    List<ServiceFacts.ServicePort> list = new ArrayList<>();
    for (JsonNode port : ports) {
      if (port.path("protocol").stringValue("TCP").equals("TCP")) {
        int number = port.path("port").asInt(0);
        String name = port.path("name").stringValue("");
        JsonNode target = port.path("targetPort");
        String targetName = target.stringValue("");
        int targetNumber = targetName.isEmpty() ? target.asInt(number) : 0;
        AppProtocol protocol =
            AppProtocols.of(port.path("appProtocol").stringValue(""), name, number);
        list.add(
            new ServiceFacts.ServicePort(
                name,
                number,
                targetNumber == 0 && targetName.isEmpty() ? number : targetNumber,
                targetName,
                protocol));
      }
    }
    return list;
  }

  private static List<ServiceFacts> entry(KubeObject entry) {
    if (exported(entry).equals("~")) {
      return List.of();
    }
    JsonNode spec = entry.spec();
    Optional<Selector> selector =
        spec.has("workloadSelector")
            ? Optional.of(Selector.of(spec.path("workloadSelector")))
            : Optional.empty();
    List<ServiceFacts> hosts = new ArrayList<>();
    for (JsonNode host : spec.path("hosts")) {
      hosts.add(
          new ServiceFacts(
              entry.key(),
              host.stringValue(""),
              entryAddresses(entry, host.stringValue("")),
              entryPorts(spec.path("ports")),
              selector,
              entry.labels()));
    }
    return hosts;
  }

  /** Who sees a ServiceEntry: {@code *}, {@code .} (its namespace) or {@code ~} (nobody). */
  public static String exported(KubeObject entry) {
    JsonNode to = entry.spec().path("exportTo");
    return to.size() == 1 ? to.path(0).stringValue("*") : "*";
  }

  private static List<Ip> entryAddresses(KubeObject entry, String host) {
    List<Ip> addresses = new ArrayList<>();
    for (JsonNode address : entry.spec().path("addresses")) {
      Ip.parse(address.stringValue("")).ifPresent(addresses::add);
    }
    boolean allocated =
        addresses.isEmpty()
            && !host.startsWith("*")
            && !entry.spec().path("resolution").stringValue("NONE").equals("NONE");
    if (allocated) {
      for (JsonNode address : entry.status().path("addresses")) {
        Ip.parse(address.path("value").stringValue("")).ifPresent(addresses::add);
      }
    }
    return addresses;
  }

  private static List<ServiceFacts.ServicePort> entryPorts(JsonNode ports) {
    List<ServiceFacts.ServicePort> list = new ArrayList<>();
    for (JsonNode port : ports) {
      int number = port.path("number").asInt(0);
      String name = port.path("name").stringValue("");
      AppProtocol protocol = AppProtocols.of(port.path("protocol").stringValue(""), name, number);
      list.add(
          new ServiceFacts.ServicePort(
              name, number, port.path("targetPort").asInt(number), "", protocol));
    }
    return list;
  }
}
