package dev.marrow.mesh.file;

import dev.marrow.identity.TrustDomain;
import dev.marrow.mesh.workload.Account;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.HealthStatus;
import dev.marrow.mesh.workload.IpText;
import dev.marrow.mesh.workload.Labels;
import dev.marrow.mesh.workload.Locality;
import dev.marrow.mesh.workload.NetworkMode;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.mesh.workload.WorkloadType;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads an entry of {@code workloads}. */
final class WorkloadFields {
  private static final Set<String> KEYS =
      Set.of(
          "uid",
          "name",
          "namespace",
          "serviceAccount",
          "trustDomain",
          "workloadIps",
          "hostname",
          "network",
          "networkMode",
          "node",
          "clusterId",
          "locality",
          "protocol",
          "nativeTunnel",
          "applicationTunnel",
          "waypoint",
          "networkGateway",
          "services",
          "authorizationPolicies",
          "status",
          "workloadName",
          "workloadType",
          "canonicalName",
          "canonicalRevision",
          "capacity");

  private WorkloadFields() {}

  static Workload read(Tree tree) throws LocalFileException {
    FieldReader fields = FieldReader.of(tree, KEYS);
    List<InetAddress> ips =
        FieldReader.list(fields.require("workloadIps"), ip -> FieldReader.value(ip, IpText::parse));
    Place place = place(fields);
    return new Workload(
        uid(fields, place, ips),
        fields.text("name", ""),
        account(fields),
        labels(fields),
        place,
        ips,
        fields.text("hostname", ""),
        fields.word("networkMode", Words.NETWORK_MODE, NetworkMode.STANDARD),
        fields.word("protocol", Words.PROTOCOL, TunnelProtocol.NONE),
        fields.flag("nativeTunnel"),
        applicationTunnel(fields),
        GatewayFields.gateway(fields.find("waypoint")),
        GatewayFields.gateway(fields.find("networkGateway")),
        FieldReader.map(fields.require("services"), ServiceKey::parse, GatewayFields::ports),
        fields.list("authorizationPolicies", FieldReader::text),
        fields.word("status", Words.STATUS, HealthStatus.HEALTHY),
        fields.number("capacity", 1, Integer.MAX_VALUE));
  }

  // Workloads without a uid must not become one: they are told apart by what else they have.
  private static String uid(FieldReader fields, Place place, List<InetAddress> ips)
      throws LocalFileException {
    String uid = fields.text("uid", "");
    String name = fields.text("name", "");
    if (!uid.isEmpty()) {
      return uid;
    }
    if (name.isEmpty() && !ips.isEmpty()) {
      name = ips.getFirst().getHostAddress();
    }
    if (name.isEmpty()) {
      throw fields.spot().part("uid").refusal("missing (expected: a uid, a name or an address)");
    }
    return "%s//Pod/%s/%s".formatted(place.cluster(), fields.requireText("namespace"), name);
  }

  private static Account account(FieldReader fields) throws LocalFileException {
    String namespace = fields.requireText("namespace");
    String name = fields.text("serviceAccount", Account.DEFAULT_NAME);
    Optional<Tree> domain = fields.find("trustDomain");
    TrustDomain trustDomain =
        domain.isPresent() && !FieldReader.text(domain.get()).isEmpty()
            ? FieldReader.value(domain.get(), TrustDomain::parse)
            : Account.DEFAULT_TRUST_DOMAIN;
    return FieldReader.at(fields.spot(), namespace, ns -> Account.of(trustDomain, ns, name));
  }

  private static Labels labels(FieldReader fields) throws LocalFileException {
    return new Labels(
        fields.text("workloadName", ""),
        fields.word("workloadType", Words.WORKLOAD_TYPE, WorkloadType.DEPLOYMENT),
        fields.text("canonicalName", ""),
        fields.text("canonicalRevision", ""));
  }

  private static Place place(FieldReader fields) throws LocalFileException {
    Locality locality = Locality.UNKNOWN;
    if (fields.find("locality").isPresent()) {
      FieldReader parts =
          FieldReader.of(fields.require("locality"), Set.of("region", "zone", "subzone"));
      locality =
          new Locality(parts.text("region", ""), parts.text("zone", ""), parts.text("subzone", ""));
    }
    String cluster = fields.text("clusterId", "");
    return new Place(
        fields.text("network", ""),
        cluster.isEmpty() ? Place.DEFAULT_CLUSTER : cluster,
        fields.text("node", ""),
        locality);
  }

  private static ApplicationTunnel applicationTunnel(FieldReader fields) throws LocalFileException {
    if (fields.find("applicationTunnel").isEmpty()) {
      return ApplicationTunnel.NONE;
    }
    Tree tree = fields.require("applicationTunnel");
    FieldReader parts = FieldReader.of(tree, Set.of("protocol", "port"));
    boolean proxy = parts.word("protocol", Map.of("NONE", false, "PROXY", true), false);
    int port = FieldReader.number(parts.require("port"), GatewayFields.MAX_PORT);
    return FieldReader.at(
        tree.spot(),
        "",
        _ -> proxy ? new ApplicationTunnel.ProxyProtocol(port) : new ApplicationTunnel.Plain(port));
  }
}
