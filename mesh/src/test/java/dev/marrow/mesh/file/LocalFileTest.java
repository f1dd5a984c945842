package dev.marrow.mesh.file;

import static dev.marrow.mesh.TestMesh.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.StringMatch;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.NetworkBlock;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Visibility;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.mesh.workload.WorkloadType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalFileTest {
  private static final String SAMPLE =
      """
      workloads:
      - {uid: c1//Pod/default/local, name: local, namespace: default, serviceAccount: default,
         trustDomain: cluster.local, workloadIps: [127.0.0.1], protocol: HBONE, node: n1,
         services: {"default/echo.default.svc.cluster.local": {80: 8080}}}
      services:
      - {name: echo, namespace: default, hostname: echo.default.svc.cluster.local,
         vips: ["/127.10.0.1"], ports: {80: 8080}}
      policies: []
      """;

  @Test
  void aSmallMeshIsRead() throws LocalFileException {
    MeshView view = LocalFile.parse("sample", SAMPLE).current();

    Workload local = view.workload("", ip("127.0.0.1")).orElseThrow();
    Service echo = view.service("", ip("127.10.0.1"), "default").orElseThrow();
    assertThat(local.protocol()).isEqualTo(TunnelProtocol.HBONE);
    assertThat(local.node()).isEqualTo("n1");
    assertThat(echo.ports().target(80)).isEqualTo(8080);
    assertThat(view.endpoints(echo)).hasSize(1);
  }

  @Test
  void jsonIsReadLikeYaml() throws LocalFileException {
    String json =
        """
        {
        \t"workloads": [{"name": "a", "namespace": "b", "workloadIps": ["10.0.0.1"], "services": {}}]
        }
        """;

    assertThat(LocalFile.parse("json", json).current().workload("", ip("10.0.0.1"))).isPresent();
  }

  @Test
  void anEmptyFileIsAnEmptyMesh() throws LocalFileException {
    assertThat(LocalFile.parse("empty", "").contents().isEmpty()).isTrue();
    assertThat(LocalFile.parse("empty", "workloads:\nservices: []\n").contents().isEmpty())
        .isTrue();
  }

  @Test
  void whatAWorkloadLeavesOutHasTheUsualValues() throws LocalFileException {
    Workload workload = workload("{name: a, namespace: b, workloadIps: [10.0.0.1], services: {}}");

    assertThat(workload.uid()).isEqualTo("Kubernetes//Pod/b/a");
    assertThat(workload.protocol()).isEqualTo(TunnelProtocol.NONE);
    assertThat(workload.identity())
        .isEqualTo(SpiffeId.parse("spiffe://cluster.local/ns/b/sa/default"));
    assertThat(workload.capacity()).isEqualTo(1);
    assertThat(workload.network()).isEmpty();
  }

  @Test
  void everyKeyOfAWorkloadIsRead() throws LocalFileException {
    Workload workload =
        workload(
            """
            {uid: u, name: a, namespace: b, serviceAccount: sa, trustDomain: td.example,
             workloadIps: [10.0.0.1, "fd00::1"], hostname: h, network: n, networkMode: HostNetwork,
             node: n1, clusterId: c, locality: {region: r, zone: z, subzone: s}, protocol: HBONE,
             nativeTunnel: true, applicationTunnel: {protocol: PROXY, port: 15088},
             waypoint: {destination: ns/wp.example, hboneMtlsPort: 15009},
             networkGateway: {destination: n2/10.0.0.9}, services: {a/b: {80: 8080}},
             authorizationPolicies: [a/p], status: Unhealthy, workloadName: w, workloadType: job,
             canonicalName: cn, canonicalRevision: cr, capacity: 0}
            """);

    assertThat(workload.identity()).isEqualTo(SpiffeId.parse("spiffe://td.example/ns/b/sa/sa"));
    assertThat(workload.place().locality().zone()).isEqualTo("z");
    assertThat(workload.applicationTunnel()).isEqualTo(new ApplicationTunnel.ProxyProtocol(15088));
    assertThat(workload.waypoint())
        .isEqualTo(new GatewayAddress.AtService(ServiceKey.parse("ns/wp.example"), 15009));
    assertThat(workload.networkGateway())
        .isEqualTo(new GatewayAddress.AtAddress(NetworkAddress.parse("n2/10.0.0.9"), 15008));
    assertThat(workload.labels().workloadType()).isEqualTo(WorkloadType.JOB);
    assertThat(workload.policies()).containsExactly("a/p");
    assertThat(workload.capacity()).isZero();
    assertThat(workload.addresses()).containsExactly(ip("10.0.0.1"), ip("fd00::1"));
  }

  @Test
  void everyKeyOfAServiceIsRead() throws LocalFileException {
    Service service =
        LocalFile.parse(
                "f",
                """
                services:
                - {name: s, namespace: b, hostname: h, vips: [n/10.0.0.1], ports: {80: 0},
                   cidrVips: [n/10.1.0.0/16, {network: m, cidr: "fd00::/8"}],
                   subjectAltNames: ["spiffe://a/ns/b/sa/c"], waypoint: {destination: b/w},
                   weightedWaypoints: [{destination: b/w2, weight: 3}],
                   loadBalancer: {routingPreferences: [Network, Region], mode: Failover,
                                  healthPolicy: AllowAll},
                   ipFamilies: Dual, canonical: true, visibility: Namespace}
                """)
            .contents()
            .services()
            .getFirst();

    assertThat(service.blocks())
        .containsExactly(NetworkBlock.parse("n/10.1.0.0/16"), NetworkBlock.parse("m/fd00::/8"));
    assertThat(service.balancing().mode()).isEqualTo(LoadBalancing.Mode.FAILOVER);
    assertThat(service.balancing().preferences())
        .containsExactly(LoadBalancing.Scope.NETWORK, LoadBalancing.Scope.REGION);
    assertThat(service.weightedWaypoints().getFirst().weight()).isEqualTo(3);
    assertThat(service.ipFamilies()).isEqualTo(IpFamilies.DUAL);
    assertThat(service.visibility()).isEqualTo(Visibility.NAMESPACE);
    assertThat(service.canonical()).isTrue();
  }

  @Test
  void endpointsListedWithTheServiceJoinTheirWorkloads() throws LocalFileException {
    MeshView view =
        LocalFile.parse(
                "f",
                """
                workloads: [{uid: u, namespace: b, workloadIps: [10.0.0.1], services: {}}]
                services:
                - {name: s, namespace: b, hostname: h, vips: [], ports: {80: 80},
                   endpoints: {u: {workloadUid: u, port: {80: 8080}, status: Healthy}}}
                """)
            .current();

    assertThat(view.endpoints(view.service("b", "h").orElseThrow()).getFirst().ports().target(80))
        .isEqualTo(8080);
  }

  @Test
  void everyFormOfAMatchIsRead() throws LocalFileException {
    Policy policy =
        LocalFile.parse(
                "f",
                """
                policies:
                - name: p
                  namespace: a
                  scope: WorkloadSelector
                  action: Deny
                  dryRun: true
                  rules:
                  - - - notPrincipals: [{Presence: []}]
                        principals: [{Exact: x}, {Prefix: y}, {Suffix: z}]
                        sourceIps: [10.0.0.0/8, 10.0.0.1]
                        notDestinationPorts: [80]
                        serviceAccounts: [{namespace: n, serviceAccount: s}]
                """)
            .contents()
            .policies()
            .getFirst();

    var match = policy.rules().getFirst().clauses().getFirst().matches().getFirst();
    assertThat(policy.dryRun()).isTrue();
    assertThat(match.principals().none()).containsExactly(new StringMatch.Present());
    assertThat(match.principals().any()).hasSize(3);
    assertThat(match.sources().any()).hasToString("[10.0.0.0/8, 10.0.0.1/32]");
    assertThat(match.ports().none()).containsExactly(80);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          !Exact a/b                 | {Exact: a/b}
          !Prefix "a/"               | {Prefix: a/}
          !Suffix 1                  | {Suffix: 1}
          !Presence []               | {Presence: []}
          !Presence null             | {Presence: []}
          ! a                        | a
          !!str a                    | a
          """)
  void aTagMeansTheSameAsAKey(String tagged, String keyed) throws LocalFileException {
    String policy =
        "policies: [{name: p, namespace: a, scope: Global, action: Deny, rules: [[[{principals: [%s]}]]]}]";

    if (keyed.startsWith("{")) {
      assertThat(LocalFile.parse("f", policy.formatted(tagged)).contents().policies())
          .isEqualTo(LocalFile.parse("f", policy.formatted(keyed)).contents().policies());
    } else {
      assertThatThrownBy(() -> LocalFile.parse("f", policy.formatted(tagged)))
          .hasMessageContaining("expected: keys and values");
    }
  }

  /** The YAML of a Rust writer, policies in both of its forms beside each other. */
  @Test
  void aFileWrittenByTheRustProxyIsRead() throws LocalFileException {
    MeshView view =
        LocalFile.parse(
                "theirs",
                SAMPLE.replace(
                    "policies: []",
                    """
                    policies:
                    - name: deny-plaintext
                      namespace: default
                      scope: Namespace
                      action: Deny
                      rules:
                      - - - notPrincipals:
                            - !Presence []
                    - name: allow-shop
                      namespace: default
                      scope: WorkloadSelector
                      action: Allow
                      rules:
                      - - - principals:
                            - !Exact cluster.local/ns/default/sa/shop
                            - Prefix: cluster.local/ns/ops/
                            notDestinationPorts:
                            - 9999
                    """))
            .current();

    assertThat(view.service("default", "echo.default.svc.cluster.local")).isPresent();
    assertThat(view.policies()).extracting(Policy::name).contains("deny-plaintext", "allow-shop");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          workloads: [{protcol: HBONE}]        | f:1: workloads[0].protcol: unknown key (expected: one of applicationTunnel
          wrkloads: []                         | f:1: wrkloads: unknown key (expected: one of policies, services, workloads)
          workloads: [{namespace: a}]          | workloads[0].workloadIps: missing
          workloads: [{workloadIps: [x], namespace: a, services: {}}]      | workloads[0].workloadIps[0]: address: 'x'
          workloads: [{workloadIps: [10.0.0.1], services: {}}]             | workloads[0].namespace: missing
          workloads: [{workloadIps: [10.0.0.1], namespace: a}]             | workloads[0].services: missing
          workloads: [{workloadIps: [10.0.0.1], namespace: a, services: {}, protocol: hbone}] | workloads[0].protocol: 'hbone' (expected: HBONE, TCP)
          workloads: [{workloadIps: [10.0.0.1], namespace: a, services: {a: {}}}]             | workloads[0].services.a: service: 'a'
          workloads: [{workloadIps: [10.0.0.1], namespace: a, services: {a/b: {80: 70000}}}]  | services.a/b.80: '70000' (expected: 0-65535)
          workloads: [{workloadIps: [10.0.0.1], namespace: a, services: {a/b: {0: 80}}}]      | service port: '0'
          workloads: [{workloadIps: [10.0.0.1], namespace: a, services: {}, trustDomain: A}]  | trustDomain: trust domain: 'A'
          workloads: [{workloadIps: [], namespace: a, services: {}}]                          | workloads[0].uid: missing
          workloads: [{uid: u, uid: v}]        | Duplicate Object property "uid"
          workloads: [[]]                      | workloads[0]: expected: keys and values
          workloads: x                         | workloads: expected: a list
          services: [{name: a, namespace: b, hostname: c, vips: [10.0.0.1], ports: {}}]       | services[0].vips[0]: network address: '10.0.0.1' (expected: network/address)
          services: [{name: a, namespace: b, hostname: c, vips: [], ports: {}, loadBalancer: {mode: Strict}}] | services[0].loadBalancer.routingPreferences: missing
          policies: [{name: a, namespace: b, scope: Global, action: Audit, rules: []}]        | policies[0].action: 'Audit' (expected: Allow, Deny)
          policies: [{name: a, namespace: b, scope: Global, action: Deny, rules: [[[{sourceIps: [1.2.3.4/33]}]]]}] | sourceIps[0]: prefix length: '33'
          policies: [{name: a, namespace: b, scope: Global, action: Deny, rules: [[[{namespaces: [x]}]]]}]         | expected: keys and values
          policies: [{name: a, namespace: b, scope: Global, action: Deny, rules: [[[{namespaces: [{Regex: x}]}]]]}] | expected: one key of Exact, Prefix, Suffix, Presence
          a: [                                 | f:
          """)
  void whatIsWrongIsNamedWithItsPlace(String text, String message) {
    assertThatThrownBy(() -> LocalFile.parse("f", text))
        .isInstanceOf(LocalFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theLineIsNamed() {
    assertThatThrownBy(
            () -> LocalFile.parse("f.yaml", "workloads:\n- uid: a\n  namespace: b\n  oops: 1\n"))
        .hasMessageContaining("f.yaml:4: workloads[0].oops: unknown key");
  }

  @Test
  void twoWorkloadsMustNotShareAUid() {
    String twice = "{uid: u, namespace: a, workloadIps: [], services: {}}";

    assertThatThrownBy(() -> LocalFile.parse("f", "workloads: [%s, %s]".formatted(twice, twice)))
        .hasMessageContaining("workloads[1]: uid 'u' occurs twice");
  }

  private static Workload workload(String flow) throws LocalFileException {
    List<Workload> workloads =
        LocalFile.parse("f", "workloads: [" + flow + "]").contents().workloads();
    return workloads.getFirst();
  }
}
