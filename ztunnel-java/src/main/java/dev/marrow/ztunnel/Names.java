package dev.marrow.ztunnel;

import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.dns.DnsMetrics;
import dev.marrow.ztunnel.dns.DnsServer;
import dev.marrow.ztunnel.dns.Upstreams;
import dev.marrow.ztunnel.proxy.PodName;
import dev.marrow.ztunnel.proxy.PodProxy;
import dev.marrow.ztunnel.settings.DnsSettings;
import dev.marrow.ztunnel.settings.HostPort;
import dev.marrow.ztunnel.settings.Mode;
import dev.marrow.ztunnel.settings.Settings;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes the DNS proxies of pods. */
record Names(Settings settings, MeshSource mesh, Upstreams upstreams, DnsMetrics metrics) {
  private static final Path NO_IPV6 = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");

  /** The DNS proxy of one pod; without listeners if DNS is switched off. */
  PodProxy.Dns of(PodName pod, Captured sockets, EventLoop loop, boolean reusePort) {
    var names =
        new DnsServer.Names(
            mesh::current,
            () -> asking(pod),
            settings.node().clusterDomain(),
            settings.node().preferredNamespace());
    DnsSettings dns = settings.dns();
    if (!dns.enabled()) {
      return new PodProxy.Dns(names, List.of(), List.of(), reusePort);
    }
    var server = new DnsServer(loop, sockets, names, upstreams.servers(), metrics);
    return new PodProxy.Dns(names, List.of(server), addresses(dns.address()), reusePort);
  }

  /** No DNS proxy at all. */
  PodProxy.Dns none(PodName pod) {
    var names =
        new DnsServer.Names(
            mesh::current,
            () -> asking(pod),
            settings.node().clusterDomain(),
            settings.node().preferredNamespace());
    return new PodProxy.Dns(names, List.of(), List.of(), false);
  }

  private DnsServer.Names.Asking asking(PodName pod) {
    Optional<Workload> workload = pod.in(mesh.current());
    String network = workload.map(Workload::network).orElse(settings.node().network());
    String service = workload.map(w -> w.labels().canonicalName()).orElse("");
    String revision = workload.map(w -> w.labels().canonicalRevision()).orElse("");
    return switch (settings.mode()) {
      case Mode.Shared shared ->
          DnsServer.Names.Asking.pod(
              pod.namespace(), network, settings.node().clusterDomain(), service, revision);
      case Mode.Dedicated dedicated ->
          DnsServer.Names.Asking.of(
              pod.namespace(), network, upstreams.searchDomains(), service, revision);
    };
  }

  private static List<InetSocketAddress> addresses(HostPort address) {
    if (!address.host().equals("localhost")) {
      return List.of(new InetSocketAddress(address.host(), address.port()));
    }
    var v4 = new InetSocketAddress("127.0.0.1", address.port());
    return hasIpv6() ? List.of(v4, new InetSocketAddress("::1", address.port())) : List.of(v4);
  }

  private static boolean hasIpv6() {
    try {
      return Files.readString(NO_IPV6).strip().equals("0");
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
