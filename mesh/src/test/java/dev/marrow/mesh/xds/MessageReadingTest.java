package dev.marrow.mesh.xds;

import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.policy.Criterion;
import dev.marrow.mesh.policy.Match;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.policy.StringMatch;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.Cidr;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.LoadBalancing.Mode;
import dev.marrow.mesh.workload.LoadBalancing.Scope;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.mesh.workload.WorkloadType;
import dev.marrow.proto.workload.Port;
import dev.marrow.proto.workload.PortList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the fields of the messages mean to us, and that what we write is read back equal. */
class MessageReadingTest {
  private static final GatewayAddress WAYPOINT =
      new GatewayAddress.AtService(ServiceKey.parse("a/waypoint"), 15008);
  private static final GatewayAddress GATEWAY =
      new GatewayAddress.AtAddress(NetworkAddress.parse("n2/10.0.0.9"), 15009);

  private final Interner interner = new Interner(1000);

  @Test
  void aWorkloadWithEverythingIsReadBackEqual() throws InvalidResource {
    Workload workload =
        workload("web")
            .namespace("shop")
            .account("seller")
            .trustDomain("example.org")
            .at("10.0.0.1", "fd00::1")
            .hostname("web.example")
            .network("n1")
            .cluster("c1")
            .node("node-1")
            .in("r", "z", "s")
            .onHostNetwork()
            .nativeTunnel()
            .applicationTunnel(new ApplicationTunnel.ProxyProtocol(15088))
            .waypoint(WAYPOINT)
            .networkGateway(GATEWAY)
            .backs("shop/web.shop", 80, 8080, 443, 8443)
            .policies("shop/p1", "root/p2")
            .unhealthy()
            .capacity(0)
            .build();

    assertThat(read(MeshMessages.message(workload).getWorkload())).isEqualTo(workload);
  }

  @Test
  void aServiceWithEverythingIsReadBackEqual() throws InvalidResource {
    Service service =
        service("shop/web.shop")
            .vips("/10.1.0.1", "n2/fd00::5")
            .blocks("/10.2.0.0/16")
            .ports(80, 8080, 443, 0)
            .subjectAltNames("spiffe://cluster.local/ns/a/sa/b", "db.example")
            .waypoint(WAYPOINT)
            .weighted(GATEWAY, 3)
            .mode(Mode.FAILOVER, Scope.NETWORK, Scope.REGION, Scope.ZONE)
            .allowingUnhealthy()
            .ipFamilies(IpFamilies.DUAL)
            .notCanonical()
            .hidden()
            .build();

    Service read = new ServiceReader(interner).read(MeshMessages.message(service).getService());

    assertThat(read).isEqualTo(service);
    assertThat(read.subjectAltNames().identities())
        .containsExactly(SpiffeId.parse("spiffe://cluster.local/ns/a/sa/b"));
  }

  @Test
  void aPolicyWithEverythingIsReadBackEqual() throws InvalidResource {
    Match match =
        new Match(
            new Criterion<>(texts(), texts()),
            new Criterion<>(texts(), texts()),
            new Criterion<>(List.of(Cidr.parse("10.0.0.0/8")), List.of(Cidr.parse("fd00::/8"))),
            new Criterion<>(List.of(Cidr.parse("0.0.0.0/0")), List.of()),
            new Criterion<>(List.of(80, 65_535), List.of(22)),
            TestMesh.account("a", "b").accounts());
    Policy policy =
        policy("a/b", PolicyScope.WORKLOAD_SELECTOR, PolicyAction.DENY, match, TestMesh.NOTHING);

    assertThat(PolicyReader.read(MeshMessages.message(policy))).isEqualTo(policy);
  }

  @Test
  void whatAWorkloadLeavesOutHasTheUsualValues() throws InvalidResource {
    Workload workload = read(minimal().build());

    assertThat(workload.identity())
        .isEqualTo(SpiffeId.parse("spiffe://cluster.local/ns/a/sa/default"));
    assertThat(workload.place()).isEqualTo(Place.UNKNOWN);
    assertThat(workload.capacity()).isEqualTo(1);
    assertThat(workload.waypoint()).isEqualTo(GatewayAddress.NONE);
    assertThat(workload.networkGateway()).isEqualTo(GatewayAddress.NONE);
    assertThat(workload.applicationTunnel()).isEqualTo(ApplicationTunnel.NONE);
  }

  @Test
  void aCapacityOfZeroIsNotTheDefault() throws InvalidResource {
    assertThat(read(minimal().setCapacity(UInt32Value.of(0)).build()).capacity()).isZero();
  }

  @Test
  void aMappedIpv4AddressIsAnIpv4Address() throws InvalidResource {
    ByteString mapped =
        ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1});

    assertThat(read(minimal().addAddresses(mapped).build()).addresses())
        .containsExactly(ip("10.0.0.1"));
  }

  @Test
  void aGatewayWithoutAPortIsAtTheUsualOne() throws InvalidResource {
    var message = minimal();
    message.getWaypointBuilder().getHostnameBuilder().setNamespace("a").setHostname("w");

    assertThat(read(message.build()).waypoint())
        .isEqualTo(
            new GatewayAddress.AtService(ServiceKey.parse("a/w"), GatewayAddress.DEFAULT_PORT));
  }

  @Test
  void descriptionsThatAreNewerThanWeAreDoNoHarm() throws InvalidResource {
    var message =
        minimal()
            .setWorkloadTypeValue(99)
            .putServices(
                "a/b",
                PortList.newBuilder()
                    .addPorts(Port.newBuilder().setServicePort(80).setAppProtocolValue(99))
                    .build());

    assertThat(read(message.build()).labels().workloadType()).isEqualTo(WorkloadType.DEPLOYMENT);
  }

  @Test
  void equalPartsOfWorkloadsAreOneObject() throws InvalidResource {
    Workload a = read(MeshMessages.message(backing("a")).getWorkload());
    Workload b = read(MeshMessages.message(backing("b")).getWorkload());

    assertThat(a.account()).isSameAs(b.account());
    assertThat(a.place()).isSameAs(b.place());
    assertThat(a.services()).isSameAs(b.services());
    assertThat(a.policies()).isSameAs(b.policies());
  }

  @Test
  void sharingIsBounded() {
    for (int i = 0; i < 10_000; i++) {
      interner.share("text " + i);
    }

    assertThat(interner.size()).isLessThanOrEqualTo(1000);
  }

  private static Workload backing(String name) {
    return workload(name).node("n").policies("a/p").backs("a/b", 80, 8080).build();
  }

  private Workload read(dev.marrow.proto.workload.Workload message) throws InvalidResource {
    return new WorkloadReader(interner).read(message.getUid(), message);
  }

  private static dev.marrow.proto.workload.Workload.Builder minimal() {
    return dev.marrow.proto.workload.Workload.newBuilder().setUid("u").setNamespace("a");
  }

  private static List<StringMatch> texts() {
    return List.of(
        new StringMatch.Exact("e"),
        new StringMatch.Prefix("p"),
        new StringMatch.Suffix("s"),
        new StringMatch.Present());
  }
}
