package dev.marrow.controlplane.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.marrow.controlplane.AdsClient;
import dev.marrow.controlplane.RunningPlane;
import dev.marrow.controlplane.Yaml;
import dev.marrow.controlplane.foreign.Recording.Line;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.authority.CertificateRequest;
import dev.marrow.proto.ca.IstioCertificateRequest;
import dev.marrow.proto.ca.IstioCertificateResponse;
import dev.marrow.proto.ca.IstioCertificateServiceGrpc;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.proto.discovery.Resource;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.Workload;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Istio's node proxy with our control plane: what it said once is said again. */
class ForeignNodeProxyTest {
  private static final Recording RECORDING = Recording.of("node-proxy.txt");
  private static final String WEB = "spiffe://cluster.local/ns/shop/sa/web";

  @TempDir Path home;
  private RunningPlane plane;
  private String token = "";

  @BeforeEach
  void start() throws Exception {
    plane = RunningPlane.start(home, objects());
    token = plane.tokens.token("marrow-system", "ztunnel", "node-1");
  }

  @AfterEach
  void stop() {
    plane.close();
  }

  @Test
  void itsStreamsAreAnsweredAsThen() throws Exception {
    assertThat(replayed(RECORDING)).isEqualTo(6);
  }

  /** Its names of a broken stream come back as versions that are empty: it asks for them still. */
  @Test
  void itsDemandsAreAnsweredAsThenAndAgainOnANewStream() throws Exception {
    assertThat(replayed(Recording.of("node-proxy-on-demand.txt"))).isEqualTo(10);
  }

  private int replayed(Recording recording) throws Exception {
    Replay replay = new Replay();
    for (Line line : recording.lines()) {
      switch (line.what()) {
        case "call" -> replay.open(line);
        case "request" -> replay.say(line.read(DeltaDiscoveryRequest.newBuilder()));
        case "answer" -> replay.hear(line.read(DeltaDiscoveryResponse.newBuilder()).build());
        case "do" -> change(line.rest().split(" "));
        default -> {}
      }
    }

    assertThat(replay.client().waiting()).isZero();
    return replay.heard;
  }

  @Test
  void itGetsTheCertificateItAskedFor() throws Exception {
    Line asked =
        RECORDING.lines().stream().filter(l -> l.what().equals("certificate")).findAny().get();
    IstioCertificateRequest request = asked.read(IstioCertificateRequest.newBuilder()).build();

    IstioCertificateResponse answer =
        IstioCertificateServiceGrpc.newBlockingStub(plane.channel())
            .withCallCredentials(RunningPlane.bearer(token))
            .createCertificate(request);

    List<X509Certificate> chain = new ArrayList<>();
    for (String pem : answer.getCertChainList()) {
      chain.add(certificate(pem));
    }
    X509Certificate leaf = chain.getFirst();
    assertThat(SvidVerifier.claimedId(leaf)).hasToString(WEB);
    assertThat(leaf.getPublicKey()).isEqualTo(CertificateRequest.parse(request.getCsr()).key());
    assertThat(Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()))
        .isBetween(Duration.ofSeconds(request.getValidityDuration()), Duration.ofHours(25));
    for (int i = 0; i + 1 < chain.size(); i++) {
      chain.get(i).verify(chain.get(i + 1).getPublicKey());
    }
    chain.getLast().verify(chain.getLast().getPublicKey());
  }

  @Test
  void itUnderstoodWhatWeMeant() throws Exception {
    Map<String, Workload> said = new HashMap<>();
    for (Line line : RECORDING.lines()) {
      if (line.what().equals("answer")) {
        for (Resource r : line.read(DeltaDiscoveryResponse.newBuilder()).getResourcesList()) {
          if (r.getResource().is(Address.class)) {
            Workload workload = r.getResource().unpack(Address.class).getWorkload();
            said.put(workload.getUid(), workload);
          }
        }
      }
    }
    JsonNode dump = JsonMapper.shared().readTree(Recording.text("node-proxy-dump.json"));

    assertThat(dump.path("workloads")).hasSize(3);
    for (JsonNode understood : dump.path("workloads")) {
      Workload meant = Objects.requireNonNull(said.get(understood.path("uid").stringValue("")));
      assertThat(fields(understood)).isEqualTo(fields(meant));
    }
    assertThat(dump.at("/services/0/vips/0").stringValue("")).isEqualTo("/10.1.0.1");
    assertThat(dump.at("/services/0/endpoints")).hasSize(2);
    assertThat(dump.at("/policies/0/rules").toString())
        .contains(
            "cluster.local/ns/shop/sa/api", "\"notNamespaces\":[{\"Exact\":\"dev\"}]", "8080");
  }

  // --------------------------------------------------------------------------------------------

  /** A captured pod of the proxy's node, one of another node, a service, a policy. */
  static Map<String, String> objects() {
    String captured = "ambient.istio.io/redirection: enabled";
    String policy =
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: web, namespace: shop}
        spec:
          selector: {matchLabels: {app: web}}
          action: ALLOW
          rules:
          - from: [{source: {principals: ["cluster.local/ns/shop/sa/api"], notNamespaces: [dev]}}]
            to: [{operation: {ports: ["8080"]}}]
        """;
    return new TreeMap<>(
        Map.of(
            "ns.yaml",
            Yaml.namespace("shop", "istio.io/dataplane-mode: ambient"),
            "pod.yaml",
            Yaml.pod("web-1", "app: web", captured, "10.0.0.1"),
            "other.yaml",
            Yaml.pod("api-1", "app: api", captured, "10.0.0.2").replace("node-1", "node-2"),
            "svc.yaml",
            Yaml.service("web", "", "10.1.0.1"),
            "policy.yaml",
            policy));
  }

  private void change(String[] words) throws Exception {
    switch (words[0]) {
      case "put" -> plane.write(words[1] + ".yaml", Yaml.pod(words[1], "app: web", "", words[2]));
      case "delete" -> plane.delete(words[1] + ".yaml");
      default -> assertThat(words).as("a new stream follows").containsExactly("hangup");
    }
  }

  private static Map<String, Object> fields(JsonNode dumped) throws Exception {
    List<String> ips = dumped.path("workloadIps").valueStream().map(JsonNode::stringValue).toList();
    List<String> services =
        dumped.path("services").valueStream().map(JsonNode::stringValue).toList();
    return Map.of(
        "name",
            dumped.path("namespace").stringValue("") + "/" + dumped.path("name").stringValue(""),
        "ips", ips,
        "captured", dumped.path("protocol").stringValue("").equals("HBONE"),
        "account", dumped.path("serviceAccount").stringValue(""),
        "node", dumped.path("node").stringValue(""),
        "canonical", dumped.path("canonicalName").stringValue(""),
        "cluster", dumped.path("clusterId").stringValue(""),
        "healthy", dumped.path("status").stringValue("").equals("Healthy"),
        "policies",
            dumped.path("authorizationPolicies").valueStream().map(JsonNode::stringValue).toList(),
        "services", services);
  }

  private static Map<String, Object> fields(Workload said) throws Exception {
    String ip = InetAddress.getByAddress(said.getAddresses(0).toByteArray()).getHostAddress();
    return Map.of(
        "name", said.getNamespace() + "/" + said.getName(),
        "ips", List.of(ip),
        "captured", said.getTunnelProtocol().name().equals("HBONE"),
        "account", said.getServiceAccount(),
        "node", said.getNode(),
        "canonical", said.getCanonicalName(),
        "cluster", said.getClusterId(),
        "healthy", said.getStatus().name().equals("HEALTHY"),
        "policies", List.copyOf(said.getAuthorizationPoliciesList()),
        "services", List.copyOf(said.getServicesMap().keySet()));
  }

  private static X509Certificate certificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Says the recorded requests with this run's nonces and versions in the place of those. */
  private final class Replay {
    private final Map<String, String> nonces = new HashMap<>();
    private final Map<String, String> versions = new HashMap<>();
    private final List<AdsClient> clients = new ArrayList<>();
    private final List<DeltaDiscoveryResponse> early = new ArrayList<>();
    private int heard;

    void open(Line call) throws Exception {
      if (call.rest().endsWith("DeltaAggregatedResources")) {
        clients.add(new AdsClient(plane.channel(), token));
        nonces.clear();
        early.clear();
      }
    }

    AdsClient client() {
      return clients.getLast();
    }

    void say(DeltaDiscoveryRequest.Builder request) {
      if (!request.getResponseNonce().isEmpty()) {
        request.setResponseNonce(Objects.requireNonNull(nonces.get(request.getResponseNonce())));
      }
      Map.copyOf(request.getInitialResourceVersionsMap())
          .keySet()
          .forEach(
              name -> request.putInitialResourceVersions(name, versions.getOrDefault(name, "")));
      client().send(request.getTypeUrl(), r -> r.mergeFrom(request.build()));
    }

    void hear(DeltaDiscoveryResponse expected) throws Exception {
      DeltaDiscoveryResponse actual = next(expected.getTypeUrl());
      nonces.put(expected.getNonce(), actual.getNonce());
      actual.getResourcesList().forEach(r -> versions.put(r.getName(), r.getVersion()));
      assertThat(actual.getRemovedResourcesList()).isEqualTo(expected.getRemovedResourcesList());
      assertThat(content(actual)).isEqualTo(content(expected));
      assertThat(actual.getResourcesList()).noneMatch(r -> r.getVersion().isEmpty());
      heard++;
    }

    /** Types are answered in no order. */
    private DeltaDiscoveryResponse next(String type) throws Exception {
      for (DeltaDiscoveryResponse response : early) {
        if (response.getTypeUrl().equals(type)) {
          early.remove(response);
          return response;
        }
      }
      while (true) {
        DeltaDiscoveryResponse response = client().receive();
        if (response.getTypeUrl().equals(type)) {
          return response;
        }
        early.add(response);
      }
    }

    private Map<String, Object> content(DeltaDiscoveryResponse response)
        throws InvalidProtocolBufferException {
      Map<String, Object> content = new TreeMap<>();
      for (Resource resource : response.getResourcesList()) {
        Object message =
            resource.getResource().is(Address.class)
                ? resource.getResource().unpack(Address.class)
                : resource.getResource().unpack(Authorization.class);
        content.put(resource.getName() + " " + resource.getAliasesList(), message);
      }
      return content;
    }
  }
}
