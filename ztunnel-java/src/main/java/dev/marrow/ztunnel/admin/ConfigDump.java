package dev.marrow.ztunnel.admin;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.HealthStatus;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.Locality;
import dev.marrow.mesh.workload.NetworkMode;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Visibility;
import dev.marrow.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The mesh as {@code istioctl ztunnel-config} reads it. What the other node proxy leaves out at its
 * default is left out. Pure.
 */
final class ConfigDump {
  private ConfigDump() {}

  static List<Object> workloads(MeshView view) {
    return view.workloads().stream()
        .sorted(Comparator.comparing(Workload::uid))
        .map(ConfigDump::workload)
        .toList();
  }

  static List<Object> services(MeshView view) {
    return view.services().stream()
        .sorted(Comparator.comparing(Service::key))
        .map(s -> service(view, s))
        .toList();
  }

  private static Object workload(Workload w) {
    var out = new LinkedHashMap<String, Object>();
    out.put("uid", w.uid());
    out.put("workloadIps", w.addresses().stream().map(InetAddress::getHostAddress).toList());
    gateway(out, "waypoint", w.waypoint());
    gateway(out, "networkGateway", w.networkGateway());
    out.put("protocol", w.protocol() == TunnelProtocol.HBONE ? "HBONE" : "TCP");
    out.put("networkMode", w.networkMode() == NetworkMode.STANDARD ? "Standard" : "HostNetwork");
    out.put("name", w.name());
    out.put("namespace", w.namespace());
    text(out, "hostname", w.hostname());
    out.put("serviceAccount", w.serviceAccount());
    out.put("trustDomain", w.account().trustDomain().name());
    text(out, "network", w.network());
    text(out, "workloadName", w.labels().workloadName());
    out.put("workloadType", w.labels().workloadType().name().toLowerCase(Locale.ROOT));
    text(out, "canonicalName", w.labels().canonicalName());
    text(out, "canonicalRevision", w.labels().canonicalRevision());
    text(out, "clusterId", w.cluster());
    locality(out, w.place().locality());
    text(out, "node", w.node());
    out.put("status", w.status() == HealthStatus.HEALTHY ? "Healthy" : "Unhealthy");
    if (w.nativeTunnel()) {
      out.put("nativeTunnel", true);
    }
    tunnel(out, w.applicationTunnel());
    if (!w.policies().isEmpty()) {
      out.put("authorizationPolicies", w.policies());
    }
    out.put("capacity", w.capacity());
    out.put("services", w.services().keySet().stream().map(ServiceKey::toString).sorted().toList());
    return out;
  }

  private static void text(Map<String, Object> out, String name, String value) {
    if (!value.isEmpty()) {
      out.put(name, value);
    }
  }

  private static void locality(Map<String, Object> out, Locality locality) {
    var fields = new LinkedHashMap<String, Object>();
    text(fields, "region", locality.region());
    text(fields, "zone", locality.zone());
    text(fields, "subzone", locality.subzone());
    if (!fields.isEmpty()) {
      out.put("locality", fields);
    }
  }

  private static void tunnel(Map<String, Object> out, ApplicationTunnel tunnel) {
    switch (tunnel) {
      case ApplicationTunnel.None() -> {
        // Left out, as every default.
      }
      case ApplicationTunnel.Plain(int port) ->
          out.put("applicationTunnel", Map.of("protocol", "NONE", "port", port));
      case ApplicationTunnel.ProxyProtocol(int port) ->
          out.put("applicationTunnel", Map.of("protocol", "PROXY", "port", port));
    }
  }

  private static void gateway(Map<String, Object> out, String name, GatewayAddress address) {
    switch (address) {
      case GatewayAddress.None() -> {
        // Left out, as every default.
      }
      case GatewayAddress.AtService at ->
          out.put(
              name, ordered("destination", at.service().toString(), "hboneMtlsPort", at.port()));
      case GatewayAddress.AtAddress at ->
          out.put(
              name, ordered("destination", at.address().toString(), "hboneMtlsPort", at.port()));
    }
  }

  private static Object service(MeshView view, Service s) {
    var out = new LinkedHashMap<String, Object>();
    out.put("name", s.name());
    out.put("namespace", s.namespace());
    out.put("hostname", s.hostname());
    out.put("vips", s.vips().stream().map(Object::toString).toList());
    if (!s.blocks().isEmpty()) {
      out.put("cidrVips", s.blocks().stream().map(Object::toString).toList());
    }
    out.put("ports", ports(s.ports()));
    var endpoints = new TreeMap<String, Object>();
    for (Endpoint endpoint : view.endpoints(s)) {
      endpoints.put(endpoint.workload().uid(), endpoint(endpoint));
    }
    out.put("endpoints", endpoints);
    out.put("subjectAltNames", s.subjectAltNames().names());
    gateway(out, "waypoint", s.waypoint());
    if (!s.weightedWaypoints().isEmpty()) {
      out.put("weightedWaypoints", weighted(s));
    }
    out.put("loadBalancer", balancing(s));
    families(out, s.ipFamilies());
    out.put("canonical", s.canonical());
    out.put("visibility", s.visibility() == Visibility.PUBLIC ? "Public" : "Namespace");
    return out;
  }

  private static List<Object> weighted(Service s) {
    var all = new ArrayList<>();
    s.weightedWaypoints()
        .forEach(w -> {
          var one = new LinkedHashMap<String, Object>();
          gateway(one, "destination", w.destination());
          one.put("weight", w.weight());
          all.add(one);
        });
    return all;
  }

  private static Object balancing(Service s) {
    var out = new LinkedHashMap<String, Object>();
    out.put(
        "mode",
        switch (s.balancing().mode()) {
          case ANY -> "Standard";
          case STRICT -> "Strict";
          case FAILOVER -> "Failover";
          case PASSTHROUGH -> "Passthrough";
        });
    out.put(
        "routingPreferences",
        s.balancing().preferences().stream().map(ConfigDump::capitalized).toList());
    out.put(
        "healthPolicy",
        switch (s.balancing().healthPolicy()) {
          case ONLY_HEALTHY -> "OnlyHealthy";
          case ALLOW_ALL -> "AllowAll";
        });
    return out;
  }

  private static void families(Map<String, Object> out, IpFamilies families) {
    switch (families) {
      case AUTOMATIC -> {
        // Left out, as every default.
      }
      case IPV4_ONLY -> out.put("ipFamilies", "IPv4");
      case IPV6_ONLY -> out.put("ipFamilies", "IPv6");
      case DUAL -> out.put("ipFamilies", "Dual");
    }
  }

  private static String capitalized(Enum<?> word) {
    String name = word.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static Object endpoint(Endpoint endpoint) {
    return ordered(
        "workloadUid",
        endpoint.workload().uid(),
        "port",
        ports(endpoint.ports()),
        "status",
        endpoint.workload().status() == HealthStatus.HEALTHY ? "Healthy" : "Unhealthy");
  }

  private static Map<String, Object> ports(Ports ports) {
    var out = new LinkedHashMap<String, Object>();
    ports.entries().forEach(p -> out.put(Integer.toString(p.port()), p.target()));
    return out;
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    var out = new LinkedHashMap<String, Object>();
    for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
      out.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return out;
  }
}
