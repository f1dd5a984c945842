package dev.marrow.mesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.Match;
import dev.marrow.proto.workload.Service;
import dev.marrow.proto.workload.Workload;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A row for each field of the messages: set to another value, something else is read. */
class FieldTablesTest {
  private static final String GATEWAY = "{ hostname { namespace: 'a' hostname: 'w' } }";
  private static final String WORKLOAD =
      """
      uid: 'u7'
      name: 'n7'
      namespace: 'ns7'
      addresses: '\\012\\000\\000\\007'
      hostname: 'h7.example'
      network: 'n7'
      tunnel_protocol: HBONE
      trust_domain: 't7.local'
      service_account: 's7'
      waypoint GATEWAY
      network_gateway GATEWAY
      node: 'n7'
      canonical_name: 'c7'
      canonical_revision: 'r7'
      workload_type: JOB
      workload_name: 'w7'
      native_tunnel: true
      application_tunnel { protocol: PROXY port: 7 }
      services { key: 'a/b' value { ports { service_port: 80 target_port: 8080 } } }
      authorization_policies: 'a/p'
      status: UNHEALTHY
      cluster_id: 'c7'
      locality { region: 'r7' }
      network_mode: HOST_NETWORK
      capacity { value: 7 }
      """;
  private static final String SERVICE =
      """
      name: 'n7'
      namespace: 'ns7'
      hostname: 'h7'
      addresses { address: '\\012\\000\\000\\007' }
      addresses { address: '\\012\\000\\000\\000' length: 8 }
      ports { service_port: 80 target_port: 8080 }
      subject_alt_names: 'spiffe://cluster.local/ns/a/sa/b'
      waypoint GATEWAY
      load_balancing { routing_preference: REGION mode: STRICT }
      load_balancing { health_policy: ALLOW_ALL }
      ip_families: DUAL
      canonical: true
      weighted_waypoints { destination GATEWAY weight: 3 }
      visibility: NAMESPACE
      """;
  private static final String AUTHORIZATION =
      """
      name: 'n7'
      namespace: 'ns7'
      scope: NAMESPACE
      action: DENY
      rules { clauses { matches { destination_ports: 80 } } }
      dry_run: true
      """;
  private static final String MATCH =
      """
      namespaces { exact: 'a' }
      not_namespaces { prefix: 'a' }
      principals { suffix: 'a' }
      not_principals { presence { } }
      source_ips { address: '\\012\\000\\000\\000' length: 8 }
      not_source_ips { address: '\\012\\000\\000\\000' length: 8 }
      destination_ips { address: '\\012\\000\\000\\000' length: 8 }
      not_destination_ips { address: '\\012\\000\\000\\000' length: 8 }
      destination_ports: 80
      not_destination_ports: 80
      service_accounts { namespace: 'a' serviceAccount: 'b' }
      not_service_accounts { namespace: 'a' serviceAccount: 'b' }
      """;

  static Stream<String> workload() {
    return WORKLOAD.lines();
  }

  static Stream<String> service() {
    return SERVICE.lines();
  }

  static Stream<String> authorization() {
    return AUTHORIZATION.lines();
  }

  static Stream<String> match() {
    return MATCH.lines();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("workload")
  void aFieldOfAWorkloadIsRead(String row) throws Exception {
    var base = Workload.newBuilder().setUid("u").setNamespace("a");
    Object without = read(base.build());

    merge(row, base);

    assertThat((Object) read(base.build())).isNotEqualTo(without);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("service")
  void aFieldOfAServiceIsRead(String row) throws Exception {
    var base = Service.newBuilder().setName("n").setNamespace("a").setHostname("h");
    Object without = read(base.build());

    merge(row, base);

    assertThat((Object) read(base.build())).isNotEqualTo(without);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("authorization")
  void aFieldOfAnAuthorizationIsRead(String row) throws Exception {
    var base = Authorization.newBuilder().setName("n").setNamespace("a");
    Object without = PolicyReader.read(base.build());

    merge(row, base);

    assertThat((Object) PolicyReader.read(base.build())).isNotEqualTo(without);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("match")
  void aFieldOfAMatchIsRead(String row) throws Exception {
    var base = Authorization.newBuilder().setName("n").setNamespace("a");
    var match = base.addRulesBuilder().addClausesBuilder().addMatchesBuilder();
    Object without = PolicyReader.read(base.build());

    merge(row, match);

    assertThat((Object) PolicyReader.read(base.build())).isNotEqualTo(without);
  }

  /** What means nothing to a node proxy: L7 hints, and extensions of others. */
  @Test
  void everyFieldHasARowOrIsKnownToMeanNothing() {
    assertThat(without(Workload.getDescriptor(), WORKLOAD)).containsExactly("extensions");
    assertThat(without(Service.getDescriptor(), SERVICE))
        .containsExactlyInAnyOrder("extensions", "ingress_use_waypoint");
    assertThat(without(Authorization.getDescriptor(), AUTHORIZATION)).containsExactly("extensions");
    // An extension of a match is a condition we cannot judge: refused, see MessageRefusalTest.
    assertThat(without(Match.getDescriptor(), MATCH)).containsExactly("extensions");
  }

  private static Set<String> without(Descriptor message, String rows) {
    Set<String> named =
        rows.lines().map(row -> row.split("[: ]", 2)[0]).collect(Collectors.toSet());
    return message.getFields().stream()
        .map(FieldDescriptor::getName)
        .filter(name -> !named.contains(name))
        .collect(Collectors.toSet());
  }

  private static void merge(String row, Message.Builder into) throws TextFormat.ParseException {
    TextFormat.merge(row.replace("GATEWAY", GATEWAY), into);
  }

  private static Object read(Workload message) throws InvalidResource {
    return new WorkloadReader(new Interner(100)).read(message.getUid(), message);
  }

  private static Object read(Service message) throws InvalidResource {
    return new ServiceReader(new Interner(100)).read(message);
  }
}
