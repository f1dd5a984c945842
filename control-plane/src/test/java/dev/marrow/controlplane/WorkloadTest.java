package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.marrow.proto.workload.NetworkMode;
import dev.marrow.proto.workload.TunnelProtocol;
import dev.marrow.proto.workload.Workload;
import dev.marrow.proto.workload.WorkloadStatus;
import dev.marrow.proto.workload.WorkloadType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods and entries to workloads: a test per field. */
class WorkloadTest {
  private static final String POD = Yaml.pod("web-1", "app: web", "", "10.0.0.1");

  private static Workload pod(String text) {
    return Compiled.of(text).pod("web-1");
  }

  @Test
  void aPodHasItsNamesAddressesAndAccount() {
    Workload pod = pod(POD.replace("podIP: 10.0.0.1", "podIPs: [{ip: 10.0.0.1}, {ip: fd00::1}]"));

    assertThat(pod.getUid()).isEqualTo("Kubernetes//Pod/shop/web-1");
    assertThat(pod.getName() + "." + pod.getNamespace()).isEqualTo("web-1.shop");
    assertThat(pod.getServiceAccount()).isEqualTo("web");
    assertThat(pod.getNode()).isEqualTo("node-1");
    assertThat(pod.getClusterId()).isEqualTo("Kubernetes");
    assertThat(pod.getTrustDomain()).isEmpty();
    assertThat(pod.getAddressesList()).extracting(ByteString::size).containsExactly(4, 16);
    assertThat(pod.getStatus()).isEqualTo(WorkloadStatus.HEALTHY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "app: web                          | NOTHING: x                              | NONE",
        "app: web                          | ambient.istio.io/redirection: enabled   | HBONE",
        "app: web                          | ambient.istio.io/redirection: pending   | NONE",
        "istio.io/dataplane-mode: ambient  | NOTHING: x                              | NONE",
        "networking.istio.io/tunnel: http  | NOTHING: x                              | HBONE",
        "security.istio.io/tlsMode: istio  | NOTHING: x                              | LEGACY_ISTIO_MTLS",
      })
  void theTunnelIsWhatTheAnnotationOrTheTunnelLabelSays(
      String labels, String annotations, TunnelProtocol protocol) {
    Workload pod = pod(Yaml.pod("web-1", labels, annotations, "10.0.0.1"));

    assertThat(pod.getTunnelProtocol()).isEqualTo(protocol);
    assertThat(pod.getNativeTunnel()).isEqualTo(labels.contains("tunnel"));
  }

  @Test
  void aPodThatIsNotReadyOrGoesIsUnhealthy() {
    String notReady = POD.replace("status: \"True\"", "status: \"False\"");
    String going =
        POD.replace(
            "namespace: shop", "namespace: shop, deletionTimestamp: \"2026-01-01T00:00:00Z\"");

    assertThat(pod(notReady).getStatus()).isEqualTo(WorkloadStatus.UNHEALTHY);
    assertThat(pod(going).getStatus()).isEqualTo(WorkloadStatus.UNHEALTHY);
  }

  @Test
  void aPodThatEndedOrHasNoAddressIsNoWorkload() {
    Compiled mesh = Compiled.of(POD.replace("Running", "Succeeded"));
    assertThat(mesh.versions("")).isEmpty();

    mesh.put(POD.replace("podIP: 10.0.0.1", "reason: x"));
    assertThat(mesh.versions("")).isEmpty();

    mesh.put(POD.replace("Running", "Pending"));
    assertThat(mesh.versions("")).hasSize(1);
  }

  @Test
  void theOwnerNamesTheWorkload() {
    String owner = "namespace: shop, ownerReferences: [{kind: %s, name: %s}]";
    Workload deployment =
        pod(
            POD.replace("namespace: shop", owner.formatted("ReplicaSet", "web-5d4f8"))
                .replace("app: web", "pod-template-hash: 5d4f8"));
    Workload job = pod(POD.replace("namespace: shop", owner.formatted("Job", "load")));
    Workload cron = pod(POD.replace("namespace: shop", owner.formatted("Job", "load-28800000")));

    assertThat(deployment.getWorkloadType()).isEqualTo(WorkloadType.DEPLOYMENT);
    assertThat(deployment.getWorkloadName()).isEqualTo("web");
    assertThat(deployment.getCanonicalName()).isEqualTo("web");
    assertThat(deployment.getCanonicalRevision()).isEqualTo("latest");
    assertThat(job.getWorkloadType()).isEqualTo(WorkloadType.JOB);
    assertThat(cron.getWorkloadType()).isEqualTo(WorkloadType.CRONJOB);
    assertThat(cron.getWorkloadName()).isEqualTo("load");
    assertThat(pod(POD).getWorkloadType()).isEqualTo(WorkloadType.POD);
  }

  @Test
  void labelsNameItForTelemetry() {
    Workload pod =
        pod(
            Yaml.pod(
                "web-1",
                "app: web, app.kubernetes.io/name: shop-web, version: v2,"
                    + " service.istio.io/workload-name: w",
                "",
                "10.0.0.1"));

    assertThat(pod.getCanonicalName()).isEqualTo("shop-web");
    assertThat(pod.getCanonicalRevision()).isEqualTo("v2");
    assertThat(pod.getWorkloadName()).isEqualTo("w");
  }

  @Test
  void localityAndNetworkComeFromLabels() {
    Compiled mesh =
        Compiled.of(
            """
            apiVersion: v1
            kind: Node
            metadata:
              name: node-1
              labels:
                topology.kubernetes.io/region: r
                topology.kubernetes.io/zone: z
                topology.istio.io/subzone: s
            """,
            Yaml.pod("web-1", "topology.istio.io/network: n2", "", "10.0.0.1"));

    assertThat(mesh.pod("web-1").getLocality().getRegion()).isEqualTo("r");
    assertThat(mesh.pod("web-1").getLocality().getZone()).isEqualTo("z");
    assertThat(mesh.pod("web-1").getLocality().getSubzone()).isEqualTo("s");
    assertThat(mesh.pod("web-1").getNetwork()).isEqualTo("n2");
  }

  @Test
  void aPodOnTheHostsNetworkSaysSo() {
    assertThat(pod(POD.replace("nodeName:", "hostNetwork: true\n  nodeName:")).getNetworkMode())
        .isEqualTo(NetworkMode.HOST_NETWORK);
  }

  @Test
  void servicesListThePortsThatThePodServes() {
    Compiled mesh =
        Compiled.of(POD, Yaml.service("web", "", "10.1.0.1"), Yaml.service("api", "", "10.1.0.2"));

    Workload pod = mesh.pod("web-1");
    assertThat(pod.getServicesMap().keySet()).containsExactly("shop/web.shop.svc.cluster.local");
    assertThat(pod.getServicesOrThrow("shop/web.shop.svc.cluster.local").getPortsList())
        .extracting(port -> port.getServicePort() + ":" + port.getTargetPort())
        .containsExactly("80:8080");
  }

  @Test
  void aSidecarOfThePodServesPortsTooAndAnInitContainerDoesNot() {
    String pod =
        POD.replace(
            "containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]",
            "initContainers: [{name: i, ports: [{name: web, containerPort: 1}]},"
                + " {name: s, restartPolicy: Always, ports: [{name: web, containerPort: 8080}]}]");

    Workload workload = Compiled.of(pod, Yaml.service("web", "", "10.1.0.1")).pod("web-1");

    assertThat(workload.getServicesOrThrow("shop/web.shop.svc.cluster.local").getPortsList())
        .extracting(port -> port.getServicePort() + ":" + port.getTargetPort())
        .containsExactly("80:8080");
  }

  @Test
  void aSliceListsPodsOfAServiceWithoutSelector() {
    String service =
        Yaml.service("db", "", "10.1.0.3").replace("selector: {app: db}", "type: ClusterIP");
    String slice =
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
        addressType: IPv4
        endpoints:
        - {addresses: [10.0.0.1], targetRef: {kind: Pod, name: web-1}}
        - {addresses: [192.0.2.7], conditions: {ready: false}}
        """;
    Compiled mesh = Compiled.of(POD, service, slice);

    Workload written =
        mesh.address("Kubernetes/discovery.k8s.io/EndpointSlice/shop/db-1/192.0.2.7").getWorkload();
    assertThat(mesh.pod("web-1").getServicesMap()).containsKey("shop/db.shop.svc.cluster.local");
    assertThat(written.getStatus()).isEqualTo(WorkloadStatus.UNHEALTHY);
    assertThat(written.getServiceAccount()).isEmpty();
    assertThat(written.getServicesMap()).containsKey("shop/db.shop.svc.cluster.local");
  }

  @Test
  void aSliceSaysOnWhichPortsItsAddressesServe() {
    String service =
        Yaml.service("db", "", "10.1.0.3")
            .replace("selector: {app: db}", "type: ClusterIP")
            .replace(
                "{name: http, port: 80, targetPort: web}",
                "{name: http, port: 80}, {name: x, port: 81}");
    String slice =
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
        addressType: IPv4
        ports: [{name: http, port: 9376, protocol: TCP}]
        endpoints: [{addresses: [192.0.2.7]}]
        """;

    Workload written =
        Compiled.of(service, slice)
            .address("Kubernetes/discovery.k8s.io/EndpointSlice/shop/db-1/192.0.2.7")
            .getWorkload();

    assertThat(written.getServicesOrThrow("shop/db.shop.svc.cluster.local").getPortsList())
        .extracting(port -> port.getServicePort() + ":" + port.getTargetPort())
        .containsExactly("80:9376");
  }

  @Test
  void entriesBecomeWorkloads() {
    Compiled mesh =
        Compiled.of(
            Yaml.object(
                "networking.istio.io/v1",
                "ServiceEntry",
                "ext",
                "{hosts: [a.example.com], addresses: [192.0.2.0/24], resolution: STATIC,"
                    + " workloadSelector: {labels: {app: vm}},"
                    + " ports: [{number: 80, name: http, protocol: HTTP}]}"),
            Yaml.object(
                "networking.istio.io/v1",
                "WorkloadEntry",
                "vm",
                "{address: 192.0.2.9, labels: {app: vm}, serviceAccount: vm, network: n2, weight: 3,"
                    + " locality: r/z/s, ports: {http: 8080}}"));

    Workload vm =
        mesh.address("Kubernetes/networking.istio.io/WorkloadEntry/shop/vm").getWorkload();
    assertThat(vm.getServicesOrThrow("shop/a.example.com").getPorts(0).getTargetPort())
        .isEqualTo(8080);
    assertThat(List.of(vm.getNetwork(), vm.getServiceAccount(), vm.getLocality().getZone()))
        .containsExactly("n2", "vm", "z");
    assertThat(vm.getCapacity().getValue()).isEqualTo(3);
  }

  @Test
  void endpointsInsideAnEntryAndNamesAreWorkloads() {
    String entry =
        "{hosts: [a.example.com], resolution: %s, ports: [{number: 80, name: http}], endpoints: %s}";
    Compiled mesh =
        Compiled.of(
            Yaml.object(
                "networking.istio.io/v1",
                "ServiceEntry",
                "ext",
                entry.formatted("STATIC", "[{address: 192.0.2.9}]")));
    assertThat(
            mesh.address("Kubernetes/networking.istio.io/ServiceEntry/shop/ext/192.0.2.9")
                .getWorkload()
                .getAddressesCount())
        .isEqualTo(1);

    mesh.put(
        Yaml.object("networking.istio.io/v1", "ServiceEntry", "ext", entry.formatted("DNS", "[]")));

    assertThat(
            mesh.address("Kubernetes/networking.istio.io/ServiceEntry/shop/ext/a.example.com")
                .getWorkload()
                .getHostname())
        .isEqualTo("a.example.com");
  }
}
