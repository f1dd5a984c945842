package dev.marrow.mesh.file;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.Locality;
import dev.marrow.mesh.workload.NetworkMode;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Visibility;
import dev.marrow.mesh.workload.WeightedWaypoint;
import dev.marrow.mesh.workload.Workload;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the mesh in the shape of the local file, which is also that of {@code config_dump}. Pure.
 */
public final class MeshJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private MeshJson() {}

  /** The workload; defaults are left out. */
  public static ObjectNode workload(Workload workload) {
    ObjectNode json = JSON.objectNode();
    json.put("uid", workload.uid());
    ArrayNode ips = json.putArray("workloadIps");
    workload.addresses().forEach(ip -> ips.add(ip.getHostAddress()));
    gateway(json, "waypoint", workload.waypoint());
    gateway(json, "networkGateway", workload.networkGateway());
    json.put("protocol", Words.of(Words.PROTOCOL, workload.protocol()));
    if (workload.networkMode() != NetworkMode.STANDARD) {
      json.put("networkMode", Words.of(Words.NETWORK_MODE, workload.networkMode()));
    }
    text(json, "name", workload.name());
    json.put("namespace", workload.namespace());
    json.put("serviceAccount", workload.serviceAccount());
    json.put("trustDomain", workload.account().trustDomain().name());
    text(json, "workloadName", workload.labels().workloadName());
    json.put("workloadType", Words.of(Words.WORKLOAD_TYPE, workload.labels().workloadType()));
    text(json, "canonicalName", workload.labels().canonicalName());
    text(json, "canonicalRevision", workload.labels().canonicalRevision());
    place(json, workload);
    json.put("status", Words.of(Words.STATUS, workload.status()));
    text(json, "hostname", workload.hostname());
    json.put("capacity", workload.capacity());
    tunnels(json, workload);
    if (!workload.policies().isEmpty()) {
      workload.policies().forEach(json.withArray("authorizationPolicies")::add);
    }
    ObjectNode services = json.putObject("services");
    new TreeMap<>(workload.services())
        .forEach((key, ports) -> services.set(key.toString(), ports(ports)));
    return json;
  }

  private static void place(ObjectNode json, Workload workload) {
    json.put("clusterId", workload.cluster());
    Locality locality = workload.place().locality();
    if (!locality.equals(Locality.UNKNOWN)) {
      ObjectNode parts = json.putObject("locality");
      text(parts, "region", locality.region());
      text(parts, "zone", locality.zone());
      text(parts, "subzone", locality.subzone());
    }
    text(json, "node", workload.node());
    text(json, "network", workload.network());
  }

  private static void tunnels(ObjectNode json, Workload workload) {
    switch (workload.applicationTunnel()) {
      case ApplicationTunnel.None _ -> {}
      case ApplicationTunnel.Plain(int port) ->
          json.putObject("applicationTunnel").put("protocol", "NONE").put("port", port);
      case ApplicationTunnel.ProxyProtocol(int port) ->
          json.putObject("applicationTunnel").put("protocol", "PROXY").put("port", port);
    }
    if (workload.nativeTunnel()) {
      json.put("nativeTunnel", true);
    }
  }

  /** The service with its endpoints in {@code view}; defaults are left out. */
  public static ObjectNode service(Service service, MeshView view) {
    ObjectNode json = JSON.objectNode();
    json.put("name", service.name());
    json.put("namespace", service.namespace());
    json.put("hostname", service.hostname());
    ArrayNode vips = json.putArray("vips");
    service.vips().forEach(vip -> vips.add(vip.toString()));
    if (!service.blocks().isEmpty()) {
      service.blocks().forEach(block -> json.withArray("cidrVips").add(block.toString()));
    }
    json.set("ports", ports(service.ports()));
    json.set("endpoints", endpoints(view.endpoints(service)));
    if (!service.subjectAltNames().names().isEmpty()) {
      service.subjectAltNames().names().forEach(json.withArray("subjectAltNames")::add);
    }
    gateway(json, "waypoint", service.waypoint());
    service.weightedWaypoints().forEach(w -> json.withArray("weightedWaypoints").add(weighted(w)));
    balancing(json, service.balancing());
    if (service.ipFamilies() != IpFamilies.AUTOMATIC) {
      json.put("ipFamilies", Words.of(Words.IP_FAMILIES, service.ipFamilies()));
    }
    if (service.canonical()) {
      json.put("canonical", true);
    }
    if (service.visibility() != Visibility.PUBLIC) {
      json.put("visibility", Words.of(Words.VISIBILITY, service.visibility()));
    }
    return json;
  }

  /** The policy. */
  public static ObjectNode policy(Policy policy) {
    return PolicyJson.policy(policy);
  }

  /** {@code workloads}, {@code services}, {@code policies} and {@code stagedServices}. */
  public static ObjectNode view(MeshView view) {
    ObjectNode json = JSON.objectNode();
    ArrayNode workloads = json.putArray("workloads");
    view.workloads().stream()
        .sorted(Comparator.comparing(Workload::uid))
        .forEach(workload -> workloads.add(workload(workload)));
    ArrayNode services = json.putArray("services");
    view.services().stream()
        .sorted(Comparator.comparing(Service::key))
        .forEach(service -> services.add(service(service, view)));
    ArrayNode policies = json.putArray("policies");
    view.policies().stream()
        .sorted(Comparator.comparing(Policy::fullName))
        .forEach(policy -> policies.add(policy(policy)));
    ObjectNode staged = json.putObject("stagedServices");
    view.stagedServices().stream()
        .sorted()
        .forEach((ServiceKey key) ->
            staged.set(key.toString(), endpoints(view.allEndpoints(key).all())));
    return json;
  }

  private static ObjectNode endpoints(List<Endpoint> endpoints) {
    ObjectNode json = JSON.objectNode();
    Map<String, Endpoint> byUid = new TreeMap<>();
    endpoints.forEach(endpoint -> byUid.put(endpoint.workload().uid(), endpoint));
    byUid.forEach((uid, endpoint) -> {
      ObjectNode entry = json.putObject(uid);
      entry.put("workloadUid", uid);
      entry.set("port", ports(endpoint.ports()));
      entry.put("status", Words.of(Words.STATUS, endpoint.workload().status()));
    });
    return json;
  }

  private static ObjectNode ports(Ports ports) {
    ObjectNode json = JSON.objectNode();
    ports.entries().forEach(port -> json.put(Integer.toString(port.port()), port.target()));
    return json;
  }

  private static void balancing(ObjectNode json, LoadBalancing balancing) {
    if (balancing.equals(LoadBalancing.ANY)) {
      return;
    }
    ObjectNode parts = json.putObject("loadBalancer");
    ArrayNode preferences = parts.putArray("routingPreferences");
    balancing.preferences().forEach(scope -> preferences.add(Words.of(Words.SCOPE, scope)));
    parts.put("mode", Words.of(Words.MODE, balancing.mode()));
    parts.put("healthPolicy", Words.of(Words.HEALTH_POLICY, balancing.healthPolicy()));
  }

  private static ObjectNode weighted(WeightedWaypoint waypoint) {
    ObjectNode json = gateway(waypoint.destination());
    return json.put("weight", waypoint.weight());
  }

  private static void gateway(ObjectNode json, String key, GatewayAddress gateway) {
    if (gateway.present()) {
      json.set(key, gateway(gateway));
    }
  }

  private static ObjectNode gateway(GatewayAddress gateway) {
    ObjectNode json = JSON.objectNode();
    switch (gateway) {
      case GatewayAddress.None _ -> {}
      case GatewayAddress.AtService(var service, int port) ->
          json.put("destination", service.toString()).put("hboneMtlsPort", port);
      case GatewayAddress.AtAddress(var address, int port) ->
          json.put("destination", address.toString()).put("hboneMtlsPort", port);
    }
    return json;
  }

  private static void text(ObjectNode json, String key, String text) {
    if (!text.isEmpty()) {
      json.put(key, text);
    }
  }
}
