package dev.marrow.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.file.MeshJson;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a view came about, it answers like one that was built from its contents at once. */
class IncrementalViewTest {
  private static final int NAMES = 12;
  private static final List<String> NAMESPACES = List.of("a", "b", "c");

  private final Map<String, Workload> workloads = new LinkedHashMap<>();
  private final Map<ServiceKey, Service> services = new LinkedHashMap<>();
  private final Map<String, Policy> policies = new LinkedHashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aViewThatGrewAnswersLikeOneThatWasBuiltAtOnce(long seed) {
    Random random = new Random(seed);
    MeshView grown = MeshView.EMPTY;
    for (int step = 0; step < 120; step++) {
      grown = grown.with(delta(random));
      MeshView built =
          MeshView.of(
              List.copyOf(workloads.values()),
              List.copyOf(services.values()),
              List.copyOf(policies.values()));
      assertThat(answers(grown)).isEqualTo(answers(built));
      assertThat(MeshJson.view(grown)).isEqualTo(MeshJson.view(built));
    }
  }

  private MeshDelta delta(Random random) {
    Set<String> goneWorkloads = new HashSet<>();
    Set<ServiceKey> goneServices = new HashSet<>();
    Set<String> gonePolicies = new HashSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      goneWorkloads.add("uid-" + random.nextInt(NAMES));
      goneServices.add(key(random));
      gonePolicies.add(namespace(random) + "/p" + random.nextInt(3));
    }
    workloads.keySet().removeAll(goneWorkloads);
    services.keySet().removeAll(goneServices);
    policies.keySet().removeAll(gonePolicies);
    List<Workload> comingWorkloads = new ArrayList<>();
    List<Service> comingServices = new ArrayList<>();
    List<Policy> comingPolicies = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      comingWorkloads.add(workload(random));
      comingServices.add(service(random));
      comingPolicies.add(policy(random));
    }
    comingWorkloads.forEach(w -> workloads.put(w.uid(), w));
    comingServices.forEach(s -> services.put(s.key(), s));
    comingPolicies.forEach(p -> policies.put(p.fullName(), p));
    return new MeshDelta(
        goneWorkloads, goneServices, gonePolicies, comingWorkloads, comingServices, comingPolicies);
  }

  private static Workload workload(Random random) {
    TestWorkload workload =
        TestMesh.workload("w" + random.nextInt(4))
            .uid((random.nextInt(5) == 0 ? "x//Pod/" : "uid-") + random.nextInt(NAMES))
            .namespace(namespace(random))
            .at("10.0.0." + random.nextInt(6))
            .hostname(random.nextBoolean() ? "" : "h" + random.nextInt(3))
            .network(random.nextBoolean() ? "" : "n")
            .backs(key(random).toString(), 80, 8080)
            .policies("a/p" + random.nextInt(3));
    if (random.nextInt(4) == 0) {
      workload.onHostNetwork();
    }
    return (random.nextBoolean() ? workload.plain() : workload).build();
  }

  private static Service service(Random random) {
    TestService service =
        TestMesh.service(key(random).toString())
            .vips("/10.1.0." + random.nextInt(6))
            .blocks("/10.2.0.0/" + (16 + random.nextInt(4)));
    service = random.nextBoolean() ? service.notCanonical() : service;
    return (random.nextInt(4) == 0 ? service.hidden() : service).build();
  }

  private static Policy policy(Random random) {
    return TestMesh.policy(
        namespace(random) + "/p" + random.nextInt(3),
        PolicyScope.values()[random.nextInt(PolicyScope.values().length)],
        PolicyAction.DENY);
  }

  private static ServiceKey key(Random random) {
    return new ServiceKey(namespace(random), "s" + random.nextInt(4));
  }

  private static String namespace(Random random) {
    return NAMESPACES.get(random.nextInt(NAMESPACES.size()));
  }

  private static List<Object> answers(MeshView view) {
    List<Object> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(view.workload("", TestMesh.ip("10.0.0." + i)));
      answers.add(view.workload("n", TestMesh.ip("10.0.0." + i)));
      for (String namespace : NAMESPACES) {
        InetAddress vip = TestMesh.ip("10.1.0." + i);
        answers.add(view.service("", vip, namespace).map(Service::key));
        answers.add(view.service("", TestMesh.ip("10.2.1.1"), namespace).map(Service::key));
        answers.add(view.servicesByHostname("s" + i, namespace, "b"));
        answers.add(view.workload(namespace, "w" + i, "default"));
      }
      answers.add(view.workloadByHostname("h" + i));
    }
    view.workloads().stream()
        .sorted((a, b) -> a.uid().compareTo(b.uid()))
        .forEach(w -> answers.add(applying(view, w)));
    answers.add(Optional.of(view.workloadCount()));
    return answers;
  }

  private static List<String> applying(MeshView view, Workload workload) {
    List<String> names = new ArrayList<>();
    view.forEachPolicy(workload, p -> names.add(p.fullName()), unknown -> names.add("?" + unknown));
    return names;
  }
}
