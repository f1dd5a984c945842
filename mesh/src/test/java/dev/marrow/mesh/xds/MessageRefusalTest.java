package dev.marrow.mesh.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UnknownFieldSet;
import dev.marrow.proto.security.Address;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.Match;
import dev.marrow.proto.security.StringMatch;
import dev.marrow.proto.workload.ApplicationTunnel;
import dev.marrow.proto.workload.GatewayAddress;
import dev.marrow.proto.workload.LoadBalancing;
import dev.marrow.proto.workload.NetworkAddress;
import dev.marrow.proto.workload.Port;
import dev.marrow.proto.workload.PortList;
import dev.marrow.proto.workload.Service;
import dev.marrow.proto.workload.WeightedWaypoint;
import dev.marrow.proto.workload.Workload;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused, and that the reason names the field. */
class MessageRefusalTest {
  private static final ByteString IP = ByteString.copyFrom(new byte[] {10, 0, 0, 1});
  private static final ByteString THREE_BYTES = ByteString.copyFrom(new byte[3]);

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void aWorkloadIsRefusedFor(String field, Workload.Builder message) {
    if (message.getUid().equals("-")) {
      message.clearUid();
    }
    WorkloadReader reader = new WorkloadReader(new Interner(100));

    assertThatThrownBy(() -> reader.read(message.getUid(), message.build()))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining(field);
  }

  static Stream<Arguments> aWorkloadIsRefusedFor() {
    return Stream.of(
        Arguments.of("uid", workload().setUid("-")),
        Arguments.of("namespace", workload().clearNamespace()),
        Arguments.of("address: '3 bytes'", workload().addAddresses(THREE_BYTES)),
        Arguments.of("address: '0 bytes'", workload().addAddresses(ByteString.EMPTY)),
        Arguments.of("tunnel_protocol: '2'", workload().setTunnelProtocolValue(2)),
        Arguments.of("tunnel_protocol: '9'", workload().setTunnelProtocolValue(9)),
        Arguments.of("trust domain", workload().setTrustDomain("UPPER")),
        Arguments.of("spiffe id path", workload().setServiceAccount("a b")),
        Arguments.of("spiffe id path", workload().setServiceAccount("..")),
        Arguments.of("status", workload().setStatusValue(7)),
        Arguments.of("network_mode", workload().setNetworkModeValue(7)),
        Arguments.of("capacity", workload().setCapacity(UInt32Value.of(-1))),
        Arguments.of("gateway: unset", workload().setWaypoint(GatewayAddress.newBuilder())),
        Arguments.of(
            "hbone_mtls_port",
            workload()
                .setNetworkGateway(
                    GatewayAddress.newBuilder()
                        .setHboneMtlsPort(70_000)
                        .setAddress(NetworkAddress.newBuilder().setAddress(IP)))),
        Arguments.of(
            "address length",
            workload()
                .setNetworkGateway(
                    GatewayAddress.newBuilder()
                        .setAddress(NetworkAddress.newBuilder().setAddress(IP).setLength(8)))),
        Arguments.of(
            "application_tunnel.port",
            workload().setApplicationTunnel(ApplicationTunnel.newBuilder())),
        Arguments.of(
            "application_tunnel.protocol",
            workload()
                .setApplicationTunnel(
                    ApplicationTunnel.newBuilder().setPort(1).setProtocolValue(5))),
        Arguments.of("service", workload().putServices("nonsense", PortList.getDefaultInstance())),
        Arguments.of("service", workload().putServices("/", PortList.getDefaultInstance())),
        Arguments.of("service_port", workload().putServices("a/b", ports(0, 80))),
        Arguments.of("service_port", workload().putServices("a/b", ports(65_536, 80))),
        Arguments.of("target_port", workload().putServices("a/b", ports(80, 65_536))),
        Arguments.of("target_port: '4294967295'", workload().putServices("a/b", ports(80, -1))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void aServiceIsRefusedFor(String field, Service.Builder message) {
    ServiceReader reader = new ServiceReader(new Interner(100));

    assertThatThrownBy(() -> reader.read(message.build()))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining(field);
  }

  static Stream<Arguments> aServiceIsRefusedFor() {
    return Stream.of(
        Arguments.of("service", service().clearNamespace()),
        Arguments.of("service", service().clearHostname()),
        Arguments.of("service", service().setHostname("a/b")),
        Arguments.of("address", service().addAddresses(address(THREE_BYTES))),
        Arguments.of("prefix length: '33'", service().addAddresses(address(IP).setLength(33))),
        Arguments.of("prefix length: '-1'", service().addAddresses(address(IP).setLength(-1))),
        Arguments.of("service_port", service().addPorts(Port.newBuilder())),
        Arguments.of("gateway: unset", service().setWaypoint(GatewayAddress.newBuilder())),
        Arguments.of(
            "gateway: unset", service().addWeightedWaypoints(WeightedWaypoint.newBuilder())),
        Arguments.of(
            "weighted_waypoints.weight",
            service().addWeightedWaypoints(WeightedWaypoint.newBuilder().setWeight(-1))),
        Arguments.of("ip_families", service().setIpFamiliesValue(4)),
        Arguments.of("visibility", service().setVisibilityValue(2)),
        Arguments.of(
            "mode", service().setLoadBalancing(LoadBalancing.newBuilder().setModeValue(4))),
        Arguments.of(
            "health_policy",
            service().setLoadBalancing(LoadBalancing.newBuilder().setHealthPolicyValue(2))),
        Arguments.of(
            "routing_preference: '0'",
            service().setLoadBalancing(LoadBalancing.newBuilder().addRoutingPreferenceValue(0))),
        Arguments.of(
            "routing_preference: '7'",
            service().setLoadBalancing(LoadBalancing.newBuilder().addRoutingPreferenceValue(7))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void aPolicyIsRefusedFor(String field, Authorization.Builder message) {
    assertThatThrownBy(() -> PolicyReader.read(message.build()))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining(field);
  }

  static Stream<Arguments> aPolicyIsRefusedFor() {
    return Stream.of(
        Arguments.of("name", policy(Match.newBuilder()).clearName()),
        Arguments.of("namespace", policy(Match.newBuilder()).clearNamespace()),
        Arguments.of("scope: '3'", policy(Match.newBuilder()).setScopeValue(3)),
        Arguments.of("action: '2'", policy(Match.newBuilder()).setActionValue(2)),
        Arguments.of(
            "namespaces: unset",
            policy(Match.newBuilder().addNamespaces(StringMatch.getDefaultInstance()))),
        Arguments.of(
            "not_principals: unset",
            policy(Match.newBuilder().addNotPrincipals(StringMatch.getDefaultInstance()))),
        Arguments.of(
            "source_ips",
            policy(Match.newBuilder().addSourceIps(Address.newBuilder().setAddress(THREE_BYTES)))),
        Arguments.of(
            "not_source_ips: prefix length: '33'",
            policy(
                Match.newBuilder()
                    .addNotSourceIps(Address.newBuilder().setAddress(IP).setLength(33)))),
        Arguments.of(
            "destination_ips",
            policy(Match.newBuilder().addDestinationIps(Address.newBuilder().setAddress(IP)))),
        Arguments.of(
            "not_destination_ips",
            policy(Match.newBuilder().addNotDestinationIps(Address.getDefaultInstance()))),
        Arguments.of("destination_ports", policy(Match.newBuilder().addDestinationPorts(65_536))),
        Arguments.of("destination_ports", policy(Match.newBuilder().addDestinationPorts(-1))),
        Arguments.of(
            "not_destination_ports: '65616'",
            policy(Match.newBuilder().addNotDestinationPorts(65_616))),
        Arguments.of(
            "match: unknown fields [77]",
            policy(Match.newBuilder().addDestinationPorts(80).setUnknownFields(newer()))),
        Arguments.of(
            "principals: unknown fields",
            policy(
                Match.newBuilder()
                    .addPrincipals(
                        StringMatch.newBuilder().setExact("x").setUnknownFields(newer())))));
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(booleans = {true, false})
  void aPolicyWithAnUnknownFieldThatIsNoConditionIsTaken(boolean dryRun) throws InvalidResource {
    Authorization message =
        policy(Match.newBuilder().addDestinationPorts(80))
            .setDryRun(dryRun)
            .setUnknownFields(newer())
            .build();

    assertThat(PolicyReader.read(message).dryRun()).isEqualTo(dryRun);
  }

  private static UnknownFieldSet newer() {
    return UnknownFieldSet.newBuilder()
        .addField(77, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
        .build();
  }

  private static Workload.Builder workload() {
    return Workload.newBuilder().setUid("u").setNamespace("a");
  }

  private static Service.Builder service() {
    return Service.newBuilder().setNamespace("a").setHostname("b");
  }

  private static Authorization.Builder policy(Match.Builder match) {
    Authorization.Builder policy = Authorization.newBuilder().setNamespace("a").setName("p");
    policy.addRulesBuilder().addClausesBuilder().addMatches(match);
    return policy;
  }

  private static NetworkAddress.Builder address(ByteString bytes) {
    return NetworkAddress.newBuilder().setAddress(bytes);
  }

  private static PortList ports(int port, int target) {
    return PortList.newBuilder()
        .addPorts(Port.newBuilder().setServicePort(port).setTargetPort(target))
        .build();
  }
}
