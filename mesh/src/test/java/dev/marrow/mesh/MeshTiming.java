package dev.marrow.mesh;

import com.google.protobuf.ByteString;
import dev.marrow.mesh.balance.BalanceRequest;
import dev.marrow.mesh.balance.Balancer;
import dev.marrow.mesh.balance.Ejections;
import dev.marrow.mesh.policy.Authorizer;
import dev.marrow.mesh.policy.ConnectionFacts;
import dev.marrow.mesh.policy.Peer;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.IpText;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.mesh.xds.AdsResource;
import dev.marrow.mesh.xds.MeshMessages;
import dev.marrow.mesh.xds.MeshSubscription;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;

/**
 * Times loading, changing and asking a mesh, in CPU time of the one thread that does it; run its
 * main by hand. Figures are of whatever machine this is: compare runs, not places.
 */
final class MeshTiming {
  private static final int PODS_PER_SERVICE = 20;
  private static final int ASKED = 2_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private MeshTiming() {}

  public static void main(String[] args) {
    int pods = args.length == 0 ? 100_000 : Integer.parseInt(args[0]);
    List<AdsResource> resources = new ArrayList<>();
    for (int i = 0; i < pods; i++) {
      resources.add(resource(pod(i, "v1")));
    }
    for (int i = 0; i < pods / PODS_PER_SERVICE; i++) {
      resources.add(resource(service(i)));
    }
    MeshSubscription mesh = new MeshSubscription(MeshView.EMPTY);
    for (int round = 0; round < 3; round++) {
      MeshSubscription fresh = new MeshSubscription(MeshView.EMPTY);
      time(
          "load " + pods + " pods",
          1,
          _ -> fresh.handlers().getFirst().apply(resources, List.of()));
      mesh = fresh;
    }
    resources.clear();
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.printf("heap %d MiB%n", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    ask(mesh, pods);
  }

  private static void ask(MeshSubscription mesh, int pods) {
    var policy =
        TestMesh.policy(
            "ns0/p", PolicyScope.NAMESPACE, PolicyAction.ALLOW, TestMesh.namespaces("ns0", "ns4"));
    mesh.handlers()
        .getLast()
        .apply(
            List.of(
                new AdsResource(
                    "ns0/p", List.of(), "v", MeshMessages.message(policy).toByteString())),
            List.of());
    List<AdsResource> changes = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      changes.add(resource(pod(i * 7 % pods, "v2")));
    }
    for (int round = 0; round < 3; round++) {
      time(
          "one change",
          10_000,
          i -> mesh.handlers().getFirst().apply(List.of(changes.get(i)), List.of()));
    }
    MeshView view = mesh.current();
    Random random = new Random(1);
    InetAddress[] addresses = new InetAddress[4096];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = address(random.nextInt(pods));
    }
    Workload client = view.workload("", addresses[0]).orElseThrow();
    InetAddress vip = vip(3);
    Service service = view.service("ns3", "svc-3.ns3.svc.cluster.local").orElseThrow();
    ConnectionFacts facts =
        new ConnectionFacts(Peer.verified(client.identity()), addresses[0], addresses[1], 8080);
    for (int round = 0; round < 3; round++) {
      time("workload by address", ASKED, i -> sink(view.workload("", addresses[i & 4095])));
      time("service by address", ASKED, i -> sink(view.service("", vip, "ns3")));
      time(
          "pick an endpoint",
          ASKED,
          i ->
              sink(
                  Balancer.pick(
                      view,
                      BalanceRequest.to(service, 80, client.place()),
                      Ejections.NONE,
                      random)));
      time("authorize", ASKED, i -> sink(Authorizer.authorize(view, client, facts)));
    }
  }

  private static int sunk;

  private static void sink(Object value) {
    sunk += System.identityHashCode(value.getClass()) & 1;
  }

  private static void time(String what, int times, IntConsumer run) {
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < times; i++) {
      run.accept(i);
    }
    double nanos = THREADS.getCurrentThreadCpuTime() - start;
    System.out.printf("%-24s %10.0f ns each, %8.1f ms in all%n", what, nanos / times, nanos / 1e6);
  }

  private static InetAddress address(int i) {
    return IpText.parse("10.%d.%d.%d".formatted(i >> 16, i >> 8 & 255, i & 255));
  }

  private static InetAddress vip(int i) {
    return IpText.parse("198.19.%d.%d".formatted(i >> 8 & 127, i & 255));
  }

  private static Workload pod(int i, String version) {
    int app = i / PODS_PER_SERVICE;
    String namespace = "ns" + app % 100;
    return TestMesh.workload("app-" + app + "-" + version + "-" + i)
        .uid("Kubernetes//Pod/" + namespace + "/app-" + app + "-" + i)
        .namespace(namespace)
        .account("account-" + app)
        .at(address(i).getHostAddress())
        .node("node-" + i % 1000)
        .in("region", "zone-" + i % 3, "")
        .backs(namespace + "/svc-" + app + "." + namespace + ".svc.cluster.local", 80, 8080)
        .build();
  }

  private static Service service(int app) {
    String namespace = "ns" + app % 100;
    return TestMesh.service(namespace + "/svc-" + app + "." + namespace + ".svc.cluster.local")
        .vips("/" + vip(app).getHostAddress())
        .ports(80, 8080)
        .build();
  }

  private static AdsResource resource(Workload workload) {
    ByteString bytes = MeshMessages.message(workload).toByteString();
    return new AdsResource(workload.uid(), List.of(), "0123456789abcdef", bytes);
  }

  private static AdsResource resource(Service service) {
    ByteString bytes = MeshMessages.message(service).toByteString();
    return new AdsResource(service.key().toString(), List.of(), "0123456789abcdef", bytes);
  }
}
