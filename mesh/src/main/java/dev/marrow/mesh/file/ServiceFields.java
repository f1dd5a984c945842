package dev.marrow.mesh.file;

import dev.marrow.mesh.workload.Cidr;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.HealthStatus;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.NetworkBlock;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.SubjectAltNames;
import dev.marrow.mesh.workload.Visibility;
import dev.marrow.mesh.workload.WeightedWaypoint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads an entry of {@code services}. */
final class ServiceFields {
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "namespace",
          "hostname",
          "vips",
          "cidrVips",
          "ports",
          "endpoints",
          "subjectAltNames",
          "waypoint",
          "weightedWaypoints",
          "loadBalancer",
          "ipFamilies",
          "canonical",
          "visibility");

  private ServiceFields() {}

  static Service read(Tree tree) throws LocalFileException {
    FieldReader fields = FieldReader.of(tree, KEYS);
    String namespace = fields.requireText("namespace");
    String hostname = fields.requireText("hostname");
    return new Service(
        FieldReader.at(fields.spot(), namespace, ns -> new ServiceKey(ns, hostname)),
        fields.requireText("name"),
        FieldReader.list(
            fields.require("vips"), vip -> FieldReader.value(vip, NetworkAddress::parse)),
        fields.list("cidrVips", ServiceFields::block),
        GatewayFields.ports(fields.require("ports")),
        SubjectAltNames.of(fields.list("subjectAltNames", FieldReader::text)),
        GatewayFields.gateway(fields.find("waypoint")),
        fields.list("weightedWaypoints", ServiceFields::weighted),
        balancing(fields),
        fields.word("ipFamilies", Words.IP_FAMILIES, IpFamilies.AUTOMATIC),
        fields.flag("canonical"),
        false,
        fields.word("visibility", Words.VISIBILITY, Visibility.PUBLIC));
  }

  /** Workload uid to the ports it offers, for workloads that do not say so themselves. */
  static Map<String, Ports> endpoints(Tree tree) throws LocalFileException {
    Map<String, Ports> endpoints = new LinkedHashMap<>();
    FieldReader fields = FieldReader.of(tree, KEYS);
    if (fields.find("endpoints").isEmpty()) {
      return endpoints;
    }
    for (Tree entry : FieldReader.fields(fields.require("endpoints")).values().values()) {
      FieldReader endpoint = FieldReader.of(entry, Set.of("workloadUid", "port", "status"));
      HealthStatus unused = endpoint.word("status", Words.STATUS, HealthStatus.HEALTHY);
      endpoints.put(
          endpoint.requireText("workloadUid"), GatewayFields.ports(endpoint.require("port")));
    }
    return endpoints;
  }

  /** {@code network/address/length}, or the two parts as an object. */
  private static NetworkBlock block(Tree tree) throws LocalFileException {
    if (tree instanceof Tree.Scalar) {
      return FieldReader.value(tree, NetworkBlock::parse);
    }
    FieldReader fields = FieldReader.of(tree, Set.of("network", "cidr"));
    return new NetworkBlock(
        fields.text("network", ""), FieldReader.value(fields.require("cidr"), Cidr::parse));
  }

  private static WeightedWaypoint weighted(Tree tree) throws LocalFileException {
    FieldReader fields = FieldReader.of(tree, Set.of("destination", "hboneMtlsPort", "weight"));
    Tree destination = fields.require("destination");
    int port = fields.number("hboneMtlsPort", GatewayAddress.DEFAULT_PORT, GatewayFields.MAX_PORT);
    GatewayAddress gateway =
        destination instanceof Tree.Scalar
            ? GatewayFields.destination(destination, port)
            : GatewayFields.gateway(destination);
    return new WeightedWaypoint(gateway, FieldReader.number(fields.require("weight"), 1_000_000));
  }

  private static LoadBalancing balancing(FieldReader fields) throws LocalFileException {
    if (fields.find("loadBalancer").isEmpty()) {
      return LoadBalancing.ANY;
    }
    FieldReader parts =
        FieldReader.of(
            fields.require("loadBalancer"), Set.of("routingPreferences", "mode", "healthPolicy"));
    return new LoadBalancing(
        FieldReader.word(parts.require("mode"), Words.MODE),
        FieldReader.list(
            parts.require("routingPreferences"), scope -> FieldReader.word(scope, Words.SCOPE)),
        FieldReader.word(parts.require("healthPolicy"), Words.HEALTH_POLICY));
  }
}
