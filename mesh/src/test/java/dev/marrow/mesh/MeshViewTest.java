package dev.marrow.mesh;

import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeshViewTest {
  private final TestMesh mesh = new TestMesh();

  @Test
  void aWorkloadIsFoundByNetworkAndAddressByUidAndByItsNames() {
    Workload web =
        workload("web").namespace("shop").account("seller").at("10.0.0.1", "fd00::1").build();
    mesh.put(web);

    MeshView view = mesh.current();

    assertThat(view.workload("", ip("10.0.0.1"))).containsSame(web);
    assertThat(view.workload("", ip("fd00::1"))).containsSame(web);
    assertThat(view.workload("other", ip("10.0.0.1"))).isEmpty();
    assertThat(view.workload("Kubernetes//Pod/shop/web")).containsSame(web);
    assertThat(view.workload("shop", "web", "seller")).containsSame(web);
    assertThat(view.workload("shop", "web", "buyer")).isEmpty();
  }

  @Test
  void ofTwoWorkloadsWithOneAddressThePodIsMeant() {
    Workload entry =
        workload("entry").uid("c/networking.istio.io/WorkloadEntry/a/b").at("10.0.0.1").build();
    Workload pod = workload("pod").plain().at("10.0.0.1").build();

    assertThat(mesh.put(entry, pod).current().workload("", ip("10.0.0.1"))).containsSame(pod);
    assertThat(new TestMesh().put(pod, entry).current().workload("", ip("10.0.0.1")))
        .containsSame(pod);
  }

  @Test
  void ofTwoPodsWithOneAddressTheOneThatSpeaksHboneIsMeant() {
    Workload plain = workload("a").plain().at("10.0.0.1").build();
    Workload hbone = workload("b").at("10.0.0.1").build();

    assertThat(mesh.put(plain, hbone).current().workload("", ip("10.0.0.1"))).containsSame(hbone);
    assertThat(new TestMesh().put(hbone, plain).current().workload("", ip("10.0.0.1")))
        .containsSame(hbone);
  }

  @Test
  void whenTheOneThatIsMeantLeavesTheOtherTakesItsAddress() {
    mesh.put(workload("a").plain().at("10.0.0.1"), workload("b").at("10.0.0.1"));

    mesh.apply(removal("Kubernetes//Pod/default/b"));

    assertThat(name(mesh.current().workload("", ip("10.0.0.1")))).isEqualTo("a");
  }

  @Test
  void aWorkloadOnTheHostsNetworkIsNotFoundByAddress() {
    mesh.put(workload("agent").onHostNetwork().at("10.0.0.1"));

    assertThat(mesh.current().workload("", ip("10.0.0.1"))).isEmpty();
    assertThat(mesh.current().workload("Kubernetes//Pod/default/agent")).isPresent();
  }

  @Test
  void aWorkloadThatMovesIsNoLongerFoundWhereItWas() {
    mesh.put(workload("web").at("10.0.0.1").hostname("old").backs("default/x", 80, 80));

    mesh.put(workload("web").at("10.0.0.2").hostname("new"));

    assertThat(mesh.current().workload("", ip("10.0.0.1"))).isEmpty();
    assertThat(mesh.current().workload("", ip("10.0.0.2"))).isPresent();
    assertThat(mesh.current().workloadByHostname("old")).isEmpty();
    assertThat(mesh.current().workloadByHostname("new")).isPresent();
    assertThat(mesh.current().allEndpoints(ServiceKey.parse("default/x")).all()).isEmpty();
  }

  @Test
  void anOlderViewStaysAsItWas() {
    MeshView before = mesh.put(workload("web").at("10.0.0.1")).current();

    mesh.apply(removal("Kubernetes//Pod/default/web"));

    assertThat(before.workload("", ip("10.0.0.1"))).isPresent();
    assertThat(mesh.current().workload("", ip("10.0.0.1"))).isEmpty();
    assertThat(mesh.current().workloadCount()).isZero();
  }

  @Test
  void aNameThatIsRemovedAndComesAgainInOneDeltaIsThere() {
    mesh.put(workload("web").at("10.0.0.1"));

    mesh.apply(
        new MeshDelta(
            Set.of("Kubernetes//Pod/default/web"),
            Set.of(),
            Set.of(),
            List.of(workload("web").at("10.0.0.9").build()),
            List.of(),
            List.of()));

    assertThat(mesh.current().workload("", ip("10.0.0.9"))).isPresent();
  }

  @Test
  void endpointsMayComeBeforeTheirService() {
    mesh.put(workload("web").at("10.0.0.1").backs("default/web", 80, 8080));
    assertThat(mesh.current().stagedServices()).containsExactly(ServiceKey.parse("default/web"));

    mesh.put(service("default/web").ports(80, 8080));

    assertThat(mesh.current().stagedServices()).isEmpty();
    assertThat(names(mesh.current().endpoints(serviceOf("default", "web")))).containsExactly("web");
  }

  @Test
  void anUpdateOfAServiceKeepsItsEndpoints() {
    mesh.put(service("default/web"), workload("web").backs("default/web", 80, 8080));

    mesh.put(service("default/web").ports(80, 81));

    assertThat(names(mesh.current().endpoints(serviceOf("default", "web")))).containsExactly("web");
  }

  @Test
  void anUnhealthyWorkloadIsKnownAndNoEndpoint() {
    mesh.put(
        service("default/web"), workload("web").unhealthy().at("10.0.0.1").backs("default/web"));

    assertThat(mesh.current().workload("", ip("10.0.0.1"))).isPresent();
    assertThat(mesh.current().endpoints(serviceOf("default", "web"))).isEmpty();
  }

  @Test
  void anUnhealthyWorkloadIsAnEndpointOfAServiceThatAllowsAll() {
    mesh.put(service("default/web"), workload("web").unhealthy().backs("default/web"));

    mesh.put(service("default/web").allowingUnhealthy());

    assertThat(names(mesh.current().endpoints(serviceOf("default", "web")))).containsExactly("web");
  }

  @Test
  void anEndpointIsTheWorkloadAsItIsNow() {
    mesh.put(service("default/web"), workload("web").at("10.0.0.1").backs("default/web"));

    mesh.put(workload("web").at("10.0.0.2").backs("default/web"));

    List<Endpoint> endpoints = mesh.current().endpoints(serviceOf("default", "web"));
    assertThat(endpoints).hasSize(1);
    assertThat(endpoints.getFirst().workload().addresses()).containsExactly(ip("10.0.0.2"));
  }

  @Test
  void waitingEndsWithTheChangeThatBringsWhatIsAwaited() {
    var web = mesh.await(view -> view.workload("default", "web", "default")).toCompletableFuture();
    assertThat(web.isDone()).isFalse();

    mesh.put(workload("other"), workload("web"));

    assertThat(web.join().name()).isEqualTo("web");
    assertThat(mesh.await(view -> view.workload("default", "web", "default")).toCompletableFuture())
        .isCompleted();
  }

  private Service serviceOf(String namespace, String hostname) {
    return mesh.current().service(namespace, hostname).orElseThrow();
  }

  private static MeshDelta removal(String uid) {
    return new MeshDelta(Set.of(uid), Set.of(), Set.of(), List.of(), List.of(), List.of());
  }

  private static String name(Optional<Workload> workload) {
    return workload.map(Workload::name).orElse("");
  }

  private static List<String> names(List<Endpoint> endpoints) {
    return endpoints.stream().map(endpoint -> endpoint.workload().name()).toList();
  }
}
