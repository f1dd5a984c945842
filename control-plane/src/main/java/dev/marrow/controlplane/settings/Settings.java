package dev.marrow.controlplane.settings;

import dev.marrow.controlplane.graph.MeshConfig;
import dev.marrow.controlplane.graph.Waypoints;
import dev.marrow.identity.TrustDomain;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All settings of the control plane. */
public record Settings(MeshConfig mesh, Place place, Listen listen, Access access) {

  /** Where objects come from and where results go. */
  public sealed interface Place {}

  /**
   * Where things are.
   *
   * @param config directories of objects, the lowest first
   * @param status where conditions are written
   * @param generated where the deployer writes
   * @param rootCertificate where clients find the root
   */
  public record Files(
      List<Path> config,
      Path status,
      Path generated,
      Path authority,
      Path rootCertificate,
      Path tokenKeys)
      implements Place {
    public Files {
      config = List.copyOf(config);
    }
  }

  /**
   * A cluster.
   *
   * @param kubeconfig empty inside of the cluster
   * @param namespace our own
   * @param pod our own, by which the leader is known
   * @param revision which of several control planes we are
   * @param authoritySecret where the authority's keys are kept
   * @param rootConfigMap in which every namespace finds the roots
   */
  public record Cluster(
      String kubeconfig,
      String namespace,
      String pod,
      String revision,
      String authoritySecret,
      String rootConfigMap)
      implements Place {
    /** The name of the lease that the leader holds. */
    public String lease() {
      return revision.equals("default")
          ? "marrow-control-plane-leader"
          : "marrow-control-plane-leader-" + revision;
    }
  }

  /**
   * Where it listens.
   *
   * @param hosts names that its certificate has
   */
  public record Listen(
      InetSocketAddress xds,
      InetSocketAddress readiness,
      InetSocketAddress metrics,
      InetSocketAddress admin,
      Set<String> hosts) {
    public Listen {
      hosts = Set.copyOf(hosts);
    }
  }

  /**
   * Who may do what.
   *
   * @param issuers of tokens; none: any whose key is known
   * @param nodeProxies accounts that may ask for identities of others
   */
  public record Access(
      String audience,
      Set<String> issuers,
      Set<String> nodeProxies,
      Duration certificateLife,
      Duration longestCertificateLife,
      Duration connectionAge) {
    public Access {
      issuers = Set.copyOf(issuers);
      nodeProxies = Set.copyOf(nodeProxies);
    }
  }

  /** Reads the environment; throws with all that is wrong with it. */
  public static Settings read(Map<String, String> variables) {
    Environment environment = new Environment(variables);
    Place place =
        switch (environment.text("MARROW_SOURCE", "directory")) {
          case "kubernetes" -> cluster(environment);
          case "directory" -> files(environment);
          default -> environment.wrong("MARROW_SOURCE", "directory or kubernetes", Settings::files);
        };
    Settings settings =
        new Settings(mesh(environment, place), place, listen(environment), access(environment));
    if (!environment.errors().isEmpty()) {
      throw new InvalidSettings(environment.errors());
    }
    return settings;
  }

  private static MeshConfig mesh(Environment environment, Place place) {
    return new MeshConfig(
        environment.parsed(
            "TRUST_DOMAIN",
            "cluster.local",
            TrustDomain::parse,
            TrustDomain.parse("cluster.local")),
        environment.text("CLUSTER_DOMAIN", "cluster.local"),
        environment.text("CLUSTER_ID", "Kubernetes"),
        environment.text("ROOT_NAMESPACE", "istio-system"),
        environment.text("NETWORK", ""),
        switch (place) {
          case Files files -> new Waypoints.OfMachine();
          case Cluster cluster -> waypoints(environment, cluster);
        });
  }

  private static Waypoints waypoints(Environment environment, Cluster cluster) {
    return new Waypoints.OfCluster(
        words(environment.text("MARROW_GATEWAY_CLASSES", "marrow-waypoint")),
        environment.required("MARROW_WAYPOINT_IMAGE", "the image that waypoints run"),
        environment.text("MARROW_DISCOVERY_ADDRESS", "control-plane.marrow-system.svc:15012"),
        cluster.rootConfigMap(),
        cluster.revision());
  }

  private static Cluster cluster(Environment environment) {
    return new Cluster(
        environment.text("KUBECONFIG", ""),
        environment.text("POD_NAMESPACE", "marrow-system"),
        environment.required("POD_NAME", "our pod's name"),
        environment.text("REVISION", "default"),
        environment.text("MARROW_CA_SECRET", "marrow-ca"),
        environment.text("MARROW_ROOT_CONFIGMAP", "istio-ca-root-cert"));
  }

  private static Files files(Environment environment) {
    return new Files(
        Arrays.stream(
                environment
                    .required("MARROW_CONFIG", "directories of objects, separated by colons")
                    .split(":", -1))
            .filter(part -> !part.isBlank())
            .map(Path::of)
            .toList(),
        Path.of(environment.required("MARROW_STATUS_DIR", "the directory for conditions")),
        Path.of(environment.required("MARROW_GENERATED_DIR", "the directory for what is deployed")),
        Path.of(environment.required("MARROW_CA_DIR", "the directory of the authority's keys")),
        Path.of(environment.required("MARROW_ROOT_CERT_OUT", "the file for the root certificate")),
        Path.of(environment.required("MARROW_TOKEN_JWKS", "the file of the tokens' keys")));
  }

  private static Listen listen(Environment environment) {
    return new Listen(
        environment.address("MARROW_XDS_ADDRESS", "0.0.0.0:15012"),
        environment.address("MARROW_READINESS_ADDRESS", "0.0.0.0:15021"),
        environment.address("MARROW_METRICS_ADDRESS", "0.0.0.0:15020"),
        environment.address("MARROW_ADMIN_ADDRESS", "127.0.0.1:15000"),
        words(
            environment.text(
                "MARROW_XDS_HOSTS",
                "istiod.istio-system.svc,control-plane.marrow-system.svc,localhost")));
  }

  private static Access access(Environment environment) {
    return new Access(
        environment.text("MARROW_TOKEN_AUDIENCE", "istio-ca"),
        words(environment.text("MARROW_TOKEN_ISSUER", "")),
        words(
            environment.text(
                "CA_TRUSTED_NODE_ACCOUNTS", "marrow-system/ztunnel,istio-system/ztunnel")),
        environment.duration("DEFAULT_WORKLOAD_CERT_TTL", "24h"),
        environment.duration("MAX_WORKLOAD_CERT_TTL", "24h"),
        environment.duration("MARROW_XDS_CONNECTION_AGE", "30m"));
  }

  private static Set<String> words(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }
}
