package dev.marrow.ztunnel.settings;

import dev.marrow.identity.TrustDomain;
import dev.marrow.ztunnel.settings.CertificateSettings.AuthorityFiles;
import dev.marrow.ztunnel.settings.CertificateSettings.Issuer;
import dev.marrow.ztunnel.settings.CertificateSettings.Revocation;
import dev.marrow.ztunnel.settings.ConnectionSettings.Queues;
import dev.marrow.ztunnel.settings.ConnectionSettings.Waits;
import dev.marrow.ztunnel.settings.ConnectionSettings.WaypointSettings;
import dev.marrow.ztunnel.settings.SocketSettings.Flow;
import dev.marrow.ztunnel.settings.SocketSettings.KeepAlive;
import dev.marrow.ztunnel.settings.SocketSettings.Spoofing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Turns the environment into {@link Settings}; every error is reported in one exception. Nothing
 * else in the program looks at the environment.
 */
public final class SettingsReader {
  private static final Path MESH_FILE = Path.of("etc/istio/config/mesh");
  private static final int MAX = Integer.MAX_VALUE;
  private static final int DEFAULT_MARK = 1337;
  private static final int LEAST_QUEUE = 65536;

  private final Environment env;
  private final ProxyConfig config;
  private final int cores;

  private SettingsReader(Map<String, String> variables, Path meshFile, int cores) {
    this.env = new Environment(variables);
    this.config = ProxyConfig.read(env, meshFile);
    this.cores = cores;
  }

  /** Reads the settings of this process. */
  public static Settings read(Map<String, String> variables) {
    return read(variables, MESH_FILE, Runtime.getRuntime().availableProcessors());
  }

  static Settings read(Map<String, String> variables, Path meshFile, int cores) {
    var reader = new SettingsReader(variables, meshFile, cores);
    Settings settings = reader.settings();
    reader.env.complete();
    return settings;
  }

  private Settings settings() {
    Mode mode = mode();
    refuseWhatWeDoNot();
    return new Settings(
        env.flag(Knob.ENABLE_PROXY),
        mode,
        node(),
        new ControlPlaneReader(env, config).mesh(),
        certificates(),
        sockets(mode),
        tunnels(),
        connections(),
        dns(),
        report(),
        new Ports(config.adminPort().orElse(15000), config.statsPort().orElse(15020)),
        config
            .concurrency()
            .filter(n -> n > 0)
            .orElseGet(() -> new EventLoops(env, cores).count()));
  }

  private Mode mode() {
    String text =
        env.read(
            Knob.PROXY_MODE,
            "shared or dedicated",
            v -> Optional.of(v).filter(Set.of("shared", "dedicated")::contains));
    if (text.equals("shared")) {
      return new Mode.Shared(Path.of(env.text(Knob.INPOD_UDS)), env.flag(Knob.INPOD_PORT_REUSE));
    }
    String[] parts = env.text(Knob.PROXY_WORKLOAD_INFO).split("/", -1);
    if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty() || parts[2].isEmpty()) {
      env.problem(
          Knob.PROXY_WORKLOAD_INFO.name(),
          env.text(Knob.PROXY_WORKLOAD_INFO),
          "namespace/name/service-account in dedicated mode");
      return new Mode.Dedicated("", "", "");
    }
    return new Mode.Dedicated(parts[0], parts[1], parts[2]);
  }

  /** What would be accepted and not done is refused, each with its reason. */
  private void refuseWhatWeDoNot() {
    if (env.flag(Knob.XDS_ON_DEMAND) && env.flag(Knob.ISTIO_META_DNS_CAPTURE)) {
      env.problem(
          Knob.XDS_ON_DEMAND.name(),
          "true",
          "false, or ISTIO_META_DNS_CAPTURE=false; the DNS proxy has to know every name");
    }
    if (env.flag(Knob.TLS12_ENABLED) && !env.text(Knob.COMPLIANCE_POLICY).isEmpty()) {
      env.problem(
          Knob.TLS12_ENABLED.name(), "true", "false; post-quantum key exchange needs TLS 1.3");
    }
    if (!env.flag(Knob.ENABLE_PROXY) && !env.flag(Knob.ISTIO_META_DNS_CAPTURE)) {
      env.problem(Knob.ENABLE_PROXY.name(), "false", "true, or the DNS proxy on");
    }
  }

  private NodeSettings node() {
    String cluster =
        env.isSet(Knob.CLUSTER_ID)
            ? env.text(Knob.CLUSTER_ID)
            : env.text(Knob.ISTIO_META_CLUSTER_ID);
    return new NodeSettings(
        env.text(Knob.NETWORK),
        env.text(Knob.NODE_NAME),
        cluster.isEmpty() ? "Kubernetes" : cluster,
        env.text(Knob.CLUSTER_DOMAIN),
        env.read(Knob.TRUST_DOMAIN, "a trust domain", v -> Optional.of(TrustDomain.parse(v))),
        aliases(),
        env.text(Knob.POD_NAME),
        env.text(Knob.POD_NAMESPACE),
        env.text(Knob.SERVICE_ACCOUNT),
        env.text(Knob.INSTANCE_IP),
        env.text(Knob.PREFERED_SERVICE_NAMESPACE));
  }

  private Set<TrustDomain> aliases() {
    return env.ifAny(
            Knob.MARROW_TRUST_DOMAIN_ALIASES,
            "trust domains, comma separated",
            v ->
                Optional.of(
                    java.util.Arrays.stream(v.split(",", -1))
                        .map(String::strip)
                        .map(TrustDomain::parse)
                        .collect(java.util.stream.Collectors.toUnmodifiableSet())))
        .orElse(Set.of());
  }

  private CertificateSettings certificates() {
    return new CertificateSettings(
        issuer(),
        env.duration(Knob.SECRET_TTL),
        env.number(Knob.MARROW_CA_PARALLEL_FETCHES, 1, 1000),
        new Revocation(
            env.optional(Knob.CRL_PATH).map(Path::of), env.flag(Knob.MARROW_CRL_FAIL_CLOSED)),
        env.read(
            Knob.COMPLIANCE_POLICY,
            "pqc or nothing",
            v ->
                v.isEmpty()
                    ? Optional.of(false)
                    : Optional.of(true).filter(ignored -> v.equals("pqc"))),
        env.flag(Knob.TLS12_ENABLED));
  }

  private Issuer issuer() {
    if (!env.flag(Knob.FAKE_CA)) {
      return new Issuer.Service(new ControlPlaneReader(env, config).authority());
    }
    Optional<String> root = env.optional(Knob.FAKE_CA_ROOT);
    Optional<String> key = env.optional(Knob.FAKE_CA_KEY);
    if (root.isPresent() != key.isPresent()) {
      env.problem(
          Knob.FAKE_CA_ROOT.name(), root.orElse(""), "FAKE_CA_ROOT and FAKE_CA_KEY, or neither");
    }
    return new Issuer.Fake(
        root.flatMap(r -> key.map(k -> new AuthorityFiles(Path.of(r), Path.of(k)))));
  }

  private SocketSettings sockets(Mode mode) {
    Optional<Integer> asked =
        env.ifAny(
            Knob.PACKET_MARK,
            "a number from 1 to 4294967295, decimal or 0x...",
            v ->
                Optional.of(Long.decode(v))
                    .filter(n -> n > 0 && n <= 0xffffffffL)
                    .map(Long::intValue));
    OptionalInt mark =
        asked
            .map(OptionalInt::of)
            .orElse(
                mode instanceof Mode.Shared ? OptionalInt.of(DEFAULT_MARK) : OptionalInt.empty());
    return new SocketSettings(
        mark,
        env.ifAny(Knob.ENABLE_ORIG_SRC, "true, false or unset", Environment::parseFlag)
            .map(yes -> yes ? Spoofing.ALWAYS : Spoofing.NEVER)
            .orElse(Spoofing.TRY),
        env.read(Knob.MARROW_SPOOFED_PORTS, "FIRST-LAST, in 1 to 65535", PortRange::parse),
        env.flag(Knob.IPV6_ENABLED),
        keepAlive(),
        env.number(Knob.MARROW_LISTEN_BACKLOG, 1, 65535),
        limit(Knob.MARROW_DIAL_TIMEOUT),
        flow());
  }

  private Flow flow() {
    String expected = "a name as in tcp_available_congestion_control";
    return new Flow(
        env.ifAny(Knob.MARROW_TCP_CONGESTION, expected, SettingsReader::algorithm).orElse(""),
        env.read(Knob.MARROW_LOCAL_TCP_CONGESTION, expected, SettingsReader::algorithm),
        env.duration(Knob.MARROW_NEAR_ROUND_TRIP),
        env.number(Knob.MARROW_WRITE_QUEUE_BYTES, LEAST_QUEUE, MAX));
  }

  private static Optional<String> algorithm(String name) {
    return Optional.of(name).filter(n -> n.matches("[a-z0-9_-]{1,15}"));
  }

  private Optional<KeepAlive> keepAlive() {
    var keepAlive =
        new KeepAlive(
            probing(Knob.KEEPALIVE_TIME),
            probing(Knob.KEEPALIVE_INTERVAL),
            env.number(Knob.KEEPALIVE_RETRIES, 1, 127),
            env.flag(Knob.USER_TIMEOUT_ENABLED));
    if (keepAlive.userTimeout() && keepAlive.userTimeoutOf().toMillis() > MAX) {
      env.problem(
          Knob.USER_TIMEOUT_ENABLED.name(),
          "true",
          "false, or time + interval x retries of at most %ds".formatted(MAX / 1000));
    }
    return env.flag(Knob.KEEPALIVE_ENABLED) ? Optional.of(keepAlive) : Optional.empty();
  }

  /** What the kernel takes, in whole seconds: others would fail with each socket. */
  private Duration probing(Knob knob) {
    return env.duration(
        knob, Duration.ofSeconds(1), Duration.ofSeconds(32767), "from 1s to 32767s");
  }

  /** A limit of time that is one: zero would end everything, or nothing. */
  private Duration limit(Knob knob) {
    return env.duration(knob, Duration.ofMillis(1), Duration.ofDays(1), "from 1ms to 1d");
  }

  private TunnelSettings tunnels() {
    return new TunnelSettings(
        env.number(Knob.POOL_MAX_STREAMS_PER_CONNECTION, 1, 65535),
        env.duration(Knob.POOL_UNUSED_RELEASE_TIMEOUT),
        env.number(Knob.HTTP2_STREAM_WINDOW_SIZE, 65535, MAX),
        env.number(Knob.HTTP2_CONNECTION_WINDOW_SIZE, 65535, MAX),
        env.number(Knob.HTTP2_FRAME_SIZE, 16384, 16777215),
        limit(Knob.MARROW_HANDSHAKE_TIMEOUT),
        limit(Knob.MARROW_CONNECT_TIMEOUT),
        new TunnelSettings.Peer(
            env.number(Knob.MARROW_MAX_STREAMS_PER_CONNECTION, 1, 65535),
            env.number(Knob.MARROW_HEADER_LIST_BYTES, 4096, MAX),
            env.duration(Knob.MARROW_UNUSED_PEER_TIMEOUT),
            env.number(Knob.MARROW_RESETS_PER_SECOND, 1, MAX),
            env.number(Knob.MARROW_SETTINGS_PER_SECOND, 1, MAX),
            env.number(Knob.MARROW_PINGS_PER_SECOND, 1, MAX)));
  }

  private ConnectionSettings connections() {
    return new ConnectionSettings(
        env.flag(Knob.UNSTABLE_ENABLE_SOCKS5),
        env.flag(Knob.LOCALHOST_APP_TUNNEL),
        env.flag(Knob.MARROW_SAME_NODE_SHORTCUT),
        new WaypointSettings(
            env.read(
                Knob.MARROW_UNRESOLVED_WAYPOINT,
                "refuse or bypass",
                v ->
                    Optional.of(v)
                        .filter(Set.of("refuse", "bypass")::contains)
                        .map("refuse"::equals)),
            env.flag(Knob.MARROW_REQUIRE_WAYPOINT)),
        new Waits(
            env.duration(Knob.MARROW_WORKLOAD_WAIT),
            env.duration(Knob.MARROW_IDLE_TIMEOUT),
            env.duration(Knob.MARROW_HALF_CLOSE_TIMEOUT),
            env.duration(Knob.MARROW_UNLABEL_GRACE),
            drain()),
        env.number(Knob.MARROW_DIAL_ATTEMPTS, 1, 10),
        env.duration(Knob.MARROW_OUTLIER_TIME),
        env.number(Knob.MARROW_MAX_CONNECTIONS_PER_WORKLOAD, 1, MAX),
        new Queues(
            env.number(Knob.MARROW_QUEUED_BYTES_PER_CONNECTION, LEAST_QUEUE, MAX),
            env.number(Knob.MARROW_QUEUED_BYTES_PER_IDENTITY, LEAST_QUEUE, MAX),
            env.number(Knob.MARROW_QUEUED_BYTES, LEAST_QUEUE, MAX)));
  }

  /**
   * The deadline of a drain: as told, else 5 s (or 1 s) less than Kubernetes' patience, else 5 s.
   */
  private Duration drain() {
    Optional<Duration> told =
        env.ifAny(
            Knob.CONNECTION_TERMINATION_DEADLINE,
            "a duration such as 500ms, 5s, 1m or 1h",
            Environment::parseDuration);
    Optional<Duration> derived =
        env.ifAny(
            Knob.TERMINATION_GRACE_PERIOD_SECONDS,
            "a number of seconds",
            v ->
                Optional.of(Long.parseLong(v))
                    .filter(t -> t >= 0 && t <= MAX)
                    .map(t -> Duration.ofSeconds(Math.max(1, t > 10 ? t - 5 : t - 1))));
    return told.or(() -> derived).orElse(Duration.ofSeconds(5));
  }

  private DnsSettings dns() {
    HostPort fallback = new HostPort("localhost", 15053);
    return new DnsSettings(
        env.flag(Knob.ISTIO_META_DNS_CAPTURE),
        env.hostPort(Knob.ISTIO_META_DNS_PROXY_ADDR).orElse(fallback));
  }

  private ReportSettings report() {
    return new ReportSettings(
        env.read(
            Knob.LOG_FORMAT,
            "text or json",
            v ->
                Optional.of(v)
                    .filter(Set.of("text", "json", "plain")::contains)
                    .map("json"::equals)),
        env.read(
            Knob.RUST_LOG,
            "level,scope=level,...",
            v -> Optional.of(dev.marrow.ztunnel.report.LogFilter.parse(v).toString())),
        env.flag(Knob.AUTHZ_POLICY_INFO_LOGGING),
        env.number(Knob.MARROW_LOG_QUEUE_LINES, 100, 10_000_000),
        env.duration(Knob.MARROW_METRIC_EXPIRY),
        env.number(Knob.MARROW_METRIC_SERIES, 100, 10_000_000),
        env.optional(Knob.MARROW_READY_FILE).map(Path::of),
        env.duration(Knob.MARROW_RELEASE_PAGES));
  }
}
