package dev.marrow.mesh;

import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServiceLookupTest {
  private final TestMesh mesh = new TestMesh();

  @Test
  void aServiceIsFoundByItsAddressInItsNetworkOnly() {
    mesh.put(service("a/web").vips("/10.1.0.1", "n2/10.1.0.2"));

    assertThat(find("", "10.1.0.1", "x")).isEqualTo("a/web");
    assertThat(find("n2", "10.1.0.2", "x")).isEqualTo("a/web");
    assertThat(find("", "10.1.0.2", "x")).isEqualTo("none");
  }

  @Test
  void ofTwoServicesWithOneAddressTheClientsNamespaceDecides() {
    mesh.put(service("a/web").vips("/10.1.0.1"), service("b/web").vips("/10.1.0.1"));

    assertThat(find("", "10.1.0.1", "a")).isEqualTo("a/web");
    assertThat(find("", "10.1.0.1", "b")).isEqualTo("b/web");
    assertThat(find("", "10.1.0.1", "c")).isEqualTo("a/web");
  }

  @Test
  void aCanonicalServiceComesBeforeOthersForStrangers() {
    mesh.put(service("a/web").vips("/10.1.0.1").notCanonical(), service("b/web").vips("/10.1.0.1"));

    assertThat(find("", "10.1.0.1", "c")).isEqualTo("b/web");
    assertThat(find("", "10.1.0.1", "a")).isEqualTo("a/web");
  }

  @Test
  void aHiddenServiceIsFoundFromItsOwnNamespaceOnly() {
    mesh.put(service("a/web").vips("/10.1.0.1").hidden());

    assertThat(find("", "10.1.0.1", "a")).isEqualTo("a/web");
    assertThat(find("", "10.1.0.1", "b")).isEqualTo("none");
    assertThat(hostname("web", "b", "a")).isEqualTo("none");
    assertThat(mesh.current().servicesByHostname("web", "b", "")).isEmpty();
  }

  @Test
  void theLongestRangeWins() {
    mesh.put(
        service("a/wide").blocks("/10.0.0.0/8"),
        service("a/narrow").blocks("/10.1.0.0/16"),
        service("a/exact").vips("/10.1.0.1"));

    assertThat(find("", "10.1.0.1", "a")).isEqualTo("a/exact");
    assertThat(find("", "10.1.0.2", "a")).isEqualTo("a/narrow");
    assertThat(find("", "10.2.0.1", "a")).isEqualTo("a/wide");
    assertThat(find("", "11.0.0.1", "a")).isEqualTo("none");
    assertThat(find("n2", "10.2.0.1", "a")).isEqualTo("none");
  }

  @Test
  void aRangeThatIsHiddenFromTheClientGivesWayToAShorterOne() {
    mesh.put(
        service("a/wide").blocks("/10.0.0.0/8"),
        service("b/narrow").blocks("/10.1.0.0/16").hidden());

    assertThat(find("", "10.1.0.2", "a")).isEqualTo("a/wide");
    assertThat(find("", "10.1.0.2", "b")).isEqualTo("b/narrow");
  }

  @Test
  void rangesOfIpv6AreKeptApartFromIpv4() {
    mesh.put(service("a/six").blocks("/fd00:1::/32"), service("a/all4").blocks("/0.0.0.0/0"));

    assertThat(find("", "fd00:1::5", "a")).isEqualTo("a/six");
    assertThat(find("", "fd00:2::5", "a")).isEqualTo("none");
    assertThat(find("", "9.9.9.9", "a")).isEqualTo("a/all4");
  }

  @Test
  void aServiceThatChangesLeavesItsOldAddressesAndRanges() {
    mesh.put(service("a/web").vips("/10.1.0.1").blocks("/10.2.0.0/16"));

    mesh.put(service("a/web").vips("/10.1.0.9").blocks("/10.3.0.0/16"));

    assertThat(find("", "10.1.0.1", "a")).isEqualTo("none");
    assertThat(find("", "10.2.0.1", "a")).isEqualTo("none");
    assertThat(find("", "10.1.0.9", "a")).isEqualTo("a/web");
    assertThat(find("", "10.3.0.1", "a")).isEqualTo("a/web");
  }

  @Test
  void twoVersionsOfAServiceInOneDeltaLeaveTheLaterOne() {
    mesh.apply(
        MeshDelta.of(
            List.of(),
            List.of(
                service("a/web").blocks("/10.2.0.0/16").build(),
                service("a/web").blocks("/10.3.0.0/16").build()),
            List.of()));

    assertThat(find("", "10.2.0.1", "a")).isEqualTo("none");
    assertThat(find("", "10.3.0.1", "a")).isEqualTo("a/web");
  }

  @Test
  void aRemovedServiceIsFoundByNothing() {
    mesh.put(service("a/web").vips("/10.1.0.1").blocks("/10.2.0.0/16"));

    mesh.apply(
        new MeshDelta(
            Set.of(),
            Set.of(ServiceKey.parse("a/web")),
            Set.of(),
            List.of(),
            List.of(),
            List.of()));

    assertThat(find("", "10.1.0.1", "a")).isEqualTo("none");
    assertThat(find("", "10.2.0.1", "a")).isEqualTo("none");
    assertThat(hostname("web", "a", "")).isEqualTo("none");
    assertThat(mesh.current().service("a", "web")).isEmpty();
  }

  @Test
  void aHostNameMeansTheClientsNamespaceThenTheCanonicalThenThePreferredService() {
    mesh.put(service("a/web").notCanonical(), service("b/web").notCanonical(), service("c/web"));

    assertThat(hostname("web", "a", "b")).isEqualTo("a/web");
    assertThat(hostname("web", "x", "b")).isEqualTo("c/web");
    assertThat(hostname("web", "x", "")).isEqualTo("c/web");
    assertThat(
            mesh.current().servicesByHostname("web", "x", "b").stream()
                .map(s -> s.key().toString()))
        .containsExactly("c/web", "b/web", "a/web");
  }

  @Test
  void withoutACanonicalServiceThePreferredNamespaceDecides() {
    mesh.put(service("a/web").notCanonical(), service("b/web").notCanonical());

    assertThat(hostname("web", "x", "b")).isEqualTo("b/web");
    assertThat(hostname("web", "x", "")).isEqualTo("a/web");
  }

  @Test
  void namesThatNoServiceCanHaveAreSimplyNotFound() {
    assertThat(mesh.current().service("", "")).isEmpty();
    assertThat(mesh.current().service("a/b", "c")).isEmpty();
    assertThat(hostname("", "", "")).isEqualTo("none");
  }

  private String find(String network, String address, String client) {
    return key(mesh.current().service(network, ip(address), client));
  }

  private String hostname(String hostname, String client, String preferred) {
    return key(mesh.current().serviceByHostname(hostname, client, preferred));
  }

  private static String key(Optional<Service> service) {
    return service.map(s -> s.key().toString()).orElse("none");
  }
}
