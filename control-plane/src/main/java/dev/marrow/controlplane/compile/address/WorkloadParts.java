package dev.marrow.controlplane.compile.address;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.GatewayAddresses;
import dev.marrow.controlplane.compile.binding.WorkloadBinding;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.security.WaypointPolicies;
import dev.marrow.controlplane.compile.security.WorkloadPolicies;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.MeshConfig;
import dev.marrow.proto.workload.Port;
import dev.marrow.proto.workload.PortList;
import dev.marrow.proto.workload.Workload;
import dev.marrow.resources.ObjectKey;
import java.util.Collection;
import java.util.Map;

/** The parts of a Workload that do not depend on what it is made from. */
final class WorkloadParts {
  private final Answers answers;
  private final Workload.Builder into;

  WorkloadParts(Answers answers, Workload.Builder into) {
    this.answers = answers;
    this.into = into;
  }

  WorkloadParts identity(String namespace, String name, String account) {
    MeshConfig mesh = answers.mesh();
    into.setNamespace(namespace).setName(name).setServiceAccount(account);
    into.setClusterId(mesh.clusterId());
    if (!mesh.trustDomain().name().equals("cluster.local")) {
      into.setTrustDomain(mesh.trustDomain().name());
    }
    return this;
  }

  WorkloadParts network(Map<String, String> labels) {
    into.setNetwork(labels.getOrDefault(Labels.NETWORK, answers.mesh().network()));
    return this;
  }

  WorkloadParts names(Map<String, String> labels, String workloadName) {
    String name = labels.getOrDefault("service.istio.io/workload-name", workloadName);
    into.setWorkloadName(name)
        .setCanonicalName(Canonical.name(labels, name))
        .setCanonicalRevision(Canonical.revision(labels));
    return this;
  }

  /** Everything that labels and account decide: the waypoint and the policies. */
  WorkloadParts rules(String namespace, Map<String, String> labels, String account) {
    if (answers.ask(new WorkloadBinding(namespace, labels, account))
        instanceof Binding.Bound(ObjectKey gateway, boolean ready)) {
      into.setWaypoint(GatewayAddresses.of(answers, gateway));
    }
    into.addAllAuthorizationPolicies(answers.ask(new WorkloadPolicies(namespace, labels)));
    into.addAllAuthorizationPolicies(
        answers.ask(new WaypointPolicies.For(namespace, labels, account)));
    return this;
  }

  WorkloadParts services(Collection<ServiceFacts> services, Map<String, Integer> containerPorts) {
    for (ServiceFacts service : services) {
      PortList.Builder ports = PortList.newBuilder();
      for (ServiceFacts.ServicePort port : service.ports()) {
        int target = port.targetIn(containerPorts);
        if (target != 0) {
          ports.addPorts(Port.newBuilder().setServicePort(port.port()).setTargetPort(target));
        }
      }
      into.putServices(service.resource(), ports.build());
    }
    return this;
  }
}
