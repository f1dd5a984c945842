package dev.marrow.controlplane.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.proto.security.Action;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.GatewayAddress;
import dev.marrow.proto.workload.NamespacedHostname;
import dev.marrow.proto.workload.PortList;
import dev.marrow.proto.workload.Service;
import dev.marrow.proto.workload.Workload;
import dev.marrow.proto.workload.WorkloadStatus;
import dev.marrow.resources.ObjectKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnbindingTest {
  private static final String SERVICE = "shop/web.shop.svc.cluster.local";
  private static final String WAYPOINT_SERVICE = "shop/wp.shop.svc.cluster.local";
  private static final String WORKLOAD = "c//Pod/shop/web-1";
  private static final GatewayAddress WAYPOINT =
      GatewayAddress.newBuilder()
          .setHostname(
              NamespacedHostname.newBuilder()
                  .setNamespace("shop")
                  .setHostname("wp.shop.svc.cluster.local"))
          .build();

  private final ResourceTables tables = new ResourceTables();
  private final Set<ObjectKey> gateways = new HashSet<>();
  private final AtomicBoolean heard = new AtomicBoolean();
  private final AtomicLong nanos = new AtomicLong(7);
  private final Unbinding unbinding =
      new Unbinding(tables, "root", gateways::contains, heard::get, nanos::get);

  @BeforeEach
  void bound() {
    gateways.add(new ObjectKey("Gateway", "shop", "wp"));
    put(service().setWaypoint(WAYPOINT));
    put(
        workload()
            .setWaypoint(WAYPOINT)
            .addAuthorizationPolicies("shop/istio_allow_waypoint_shop_wp"));
  }

  @Test
  void othersAreLetInBeforeCallersAreTold() {
    put(service());
    put(workload());

    assertThat(published(WORKLOAD).getWorkload().getAuthorizationPoliciesList())
        .containsExactly("root/marrow_through_waypoint");
    assertThat(published(WORKLOAD).getWorkload().getWaypoint()).isEqualTo(WAYPOINT);
    assertThat(published(SERVICE).getService().getWaypoint()).isEqualTo(WAYPOINT);

    heard.set(true);
    assertThat(unbinding.proceed()).as("other replicas' clients").isTrue();
    pass(Unbinding.LEAST);

    assertThat(unbinding.proceed()).isFalse();
    assertThat(published(WORKLOAD).getWorkload().hasWaypoint()).isFalse();
    assertThat(published(WORKLOAD).getWorkload().getAuthorizationPoliciesList()).isEmpty();
    assertThat(published(SERVICE).getService().hasWaypoint()).isFalse();
  }

  @Test
  void whatCallersAreToldInBetweenIsAPolicyThatDeniesNothing() {
    ResourceId id = new ResourceId(ResourceType.AUTHORIZATION, "", "root/marrow_through_waypoint");

    var policy = (Authorization) tables.get(id).orElseThrow().message();

    assertThat(policy.getAction()).isEqualTo(Action.DENY);
    assertThat(policy.getRulesList()).isEmpty();
  }

  @Test
  void aWorkloadThatEverybodyMightReachIsNotKeptBehindItsWaypoint() {
    put(workload().setWaypoint(WAYPOINT));

    put(workload());

    assertThat(published(WORKLOAD).getWorkload().getAuthorizationPoliciesList()).isEmpty();
  }

  @Test
  void aClientThatDoesNotAnswerIsNotWaitedForLong() {
    put(service());
    pass(Unbinding.MOST.minusNanos(1));
    assertThat(unbinding.proceed()).isTrue();

    pass(Duration.ofNanos(1));

    assertThat(unbinding.proceed()).isFalse();
    assertThat(published(SERVICE).getService().hasWaypoint()).isFalse();
  }

  @Test
  void aWaypointWhoseGatewayIsGoneStaysInFrontForAMomentOnly() {
    put(service());
    gateways.clear();
    put(workload());

    assertThat(published(WORKLOAD).getWorkload().hasWaypoint()).isTrue();
    pass(Unbinding.MOST_ENDING);

    assertThat(unbinding.proceed()).isFalse();
    assertThat(published(WORKLOAD).getWorkload().hasWaypoint()).isFalse();
    assertThat(published(SERVICE).getService().hasWaypoint()).isFalse();
  }

  @Test
  void anEndingWaypointIsFoundAsLongAsCallersAreToldToGoThroughIt() {
    ResourceId frontService = new ResourceId(ResourceType.ADDRESS, "", WAYPOINT_SERVICE);
    ResourceId frontPod = new ResourceId(ResourceType.ADDRESS, "", "c//Pod/shop/wp-1");
    put(Service.newBuilder().setNamespace("shop").setHostname("wp.shop.svc.cluster.local"));
    put(waypointPod());
    gateways.clear();
    put(workload());

    unbinding.update(List.of(), List.of(frontService));
    put(waypointPod().setStatus(WorkloadStatus.UNHEALTHY));

    assertThat(tables.get(frontService)).isPresent();
    assertThat(published("c//Pod/shop/wp-1").getWorkload().getStatus())
        .isEqualTo(WorkloadStatus.HEALTHY);
    unbinding.update(List.of(), List.of(frontPod));
    pass(Unbinding.MOST_ENDING);
    assertThat(unbinding.proceed()).isFalse();
    assertThat(tables.get(frontService)).isEmpty();
    assertThat(tables.get(frontPod)).isEmpty();
  }

  @Test
  void otherChangesGoOutMeanwhileAndDoNotProlongIt() {
    put(workload());
    pass(Unbinding.MOST);
    put(workload().setNode("n2"));
    assertThat(published(WORKLOAD).getWorkload().getNode()).isEqualTo("n2");
    assertThat(published(WORKLOAD).getWorkload().hasWaypoint()).isTrue();

    assertThat(unbinding.proceed()).isFalse();

    assertThat(published(WORKLOAD).getWorkload().getNode()).isEqualTo("n2");
    assertThat(published(WORKLOAD).getWorkload().hasWaypoint()).isFalse();
  }

  @Test
  void whatIsBoundAgainOrRemovedMeanwhileStaysSo() {
    put(service());
    put(workload());

    put(service().setWaypoint(WAYPOINT));
    unbinding.update(List.of(), List.of(new ResourceId(ResourceType.ADDRESS, "", WORKLOAD)));
    pass(Unbinding.MOST);

    assertThat(unbinding.proceed()).isFalse();
    assertThat(published(SERVICE).getService().hasWaypoint()).isTrue();
    assertThat(tables.get(new ResourceId(ResourceType.ADDRESS, "", WORKLOAD))).isEmpty();
  }

  private void put(Service.Builder service) {
    Address address = Address.newBuilder().setService(service).build();
    unbinding.update(List.of(Published.of(address)), List.of());
  }

  private void put(Workload.Builder workload) {
    Address address = Address.newBuilder().setWorkload(workload).build();
    unbinding.update(List.of(Published.of(address)), List.of());
  }

  private Address published(String name) {
    ResourceId id = new ResourceId(ResourceType.ADDRESS, "", name);
    return (Address) tables.get(id).orElseThrow().message();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static Service.Builder service() {
    return Service.newBuilder().setNamespace("shop").setHostname("web.shop.svc.cluster.local");
  }

  private static Workload.Builder waypointPod() {
    return Workload.newBuilder()
        .setUid("c//Pod/shop/wp-1")
        .setNamespace("shop")
        .setName("wp-1")
        .putServices(WAYPOINT_SERVICE, PortList.getDefaultInstance());
  }

  private static Workload.Builder workload() {
    return Workload.newBuilder().setUid(WORKLOAD).setNamespace("shop").setName("web-1");
  }
}
