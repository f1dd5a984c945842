package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.TestMesh;
import java.net.InetSocketAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DemandsTest {
  private final TestMesh mesh = new TestMesh().put(workload("client").network("n").at("10.0.0.1"));
  private final Router.Request request =
      new Router.Request(
          mesh.current(),
          mesh.current().workload("n", ip("10.0.0.1")).orElseThrow(),
          new InetSocketAddress(ip("10.0.0.2"), 80),
          Set.of());

  @Test
  void anAddressNobodyKnowsIsAskedForByNetworkAndAddress() {
    var direct = new Route.Direct(request.target(), Destination.UNKNOWN);

    assertThat(Demands.missing(request, direct)).contains("n/10.0.0.2");
  }

  @Test
  void aWaypointNobodyKnowsIsAskedForByItsName() {
    var refuse =
        new Route.Refuse(Refusal.unknownWaypoint("shop/waypoint.svc"), Destination.UNKNOWN);

    assertThat(Demands.missing(request, refuse)).contains("shop/waypoint.svc");
  }

  @Test
  void anAddressNobodyAnsweredForIsNotReachedInPlaintext() {
    var direct = new Route.Direct(request.target(), Destination.UNKNOWN);

    var settled = (Route.Refuse) Demands.settled(request, direct, true);

    assertThat(settled.why().text()).isEqualTo("no answer from xds about: n/10.0.0.2");
    assertThat(Demands.settled(request, direct, false)).isSameAs(direct);
  }

  @Test
  void whatIsKnownIsNotAskedFor() {
    var refuse = new Route.Refuse(Refusal.noRoute("x"), Destination.UNKNOWN);

    assertThat(Demands.missing(request, refuse)).isEmpty();
  }
}
