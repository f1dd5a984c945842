package dev.marrow.waypoint.upstream;

import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.waypoint.destination.Traffic;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Services whose workloads are behind the gateway of another network. */
class BalancingTest {
  private final Balancing balancing =
      new Balancing(
          Optional.of(SpiffeId.parse("spiffe://cluster.local/ns/a/sa/waypoint")),
          () -> Place.UNKNOWN,
          new SplittableRandom(1));

  private static MeshView mesh(String key) {
    var gateway = new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.7"), 15008);
    return new TestMesh()
        .put(
            service(key)
                .vips("/10.9.0.1")
                .ports(80, 80)
                .subjectAltNames("spiffe://far/ns/a/sa/shop"),
            workload("gateway").account("gateway").at("10.0.0.7"),
            workload("far").network("far").networkGateway(gateway).backs(key, 80, 80))
        .current();
  }

  private Choice choose(String key) {
    MeshView mesh = mesh(key);
    return balancing.choose(
        mesh,
        mesh.service(ServiceKey.parse(key)).orElseThrow(),
        Scope.of(ServiceKey.parse(key)),
        80,
        Traffic.STANDARD,
        null,
        OptionalLong.empty(),
        Set.of());
  }

  @Test
  void aServiceWhoseNameIsNoHostNameHasNobodyThere() {
    assertThat(choose("a/*.example.com"))
        .isEqualTo(new Choice.Nobody("OTHER_NETWORK:NO_HOST_NAME"));
  }

  @Test
  void capitalsOfAHostNameAreAskedForAsSmallLetters() {
    var chosen = (Choice.Chosen) choose("a/Shop.example.com");

    assertThat(((Upstream.Path.Nested) chosen.path()).authority().text())
        .isEqualTo("shop.example.com:80");
  }

  @Test
  void aSessionGoesThroughTheGatewayOfItsNetworkToo() {
    String key = "a/shop.example.com";
    MeshView mesh = mesh(key);
    Service shop = mesh.service(ServiceKey.parse(key)).orElseThrow();
    String far = mesh.endpoints(shop).getFirst().workload().uid();

    var choice = balancing.sticky(mesh, shop, Scope.of(shop.key()), 80, null, far);

    assertThat(choice)
        .get()
        .isInstanceOfSatisfying(
            Choice.Chosen.class,
            c -> assertThat(c.path()).isInstanceOf(Upstream.Path.Nested.class));
  }
}
