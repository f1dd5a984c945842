package dev.marrow.ztunnel.settings;

import java.util.Arrays;
import java.util.Optional;

/**
 * Every name the node proxy reads from its environment: default and meaning. The names without the
 * prefix {@code MARROW_} are those of Istio's ztunnel; the others are our own.
 */
public enum Knob {
  ENABLE_PROXY("true", "the data plane runs"),
  PROXY_MODE("shared", "shared (all pods of a node) or dedicated (one workload)"),
  PROXY_WORKLOAD_INFO("", "namespace/name/service-account of the one workload of dedicated mode"),
  PACKET_MARK("", "SO_MARK of our sockets; 1337 in shared mode, none in dedicated mode"),
  INPOD_UDS("/var/run/ztunnel/ztunnel.sock", "socket on which the node agent announces pods"),
  INPOD_PORT_REUSE("true", "SO_REUSEPORT on listeners in pods, so that two proxies may overlap"),
  INPOD_ENABLED("", "accepted and without effect, as in newer releases of Istio's proxy"),
  ENABLE_ORIG_SRC("", "dial applications from the client's address: true, false, unset = try"),
  IPV6_ENABLED("true", "listen on [::] instead of 0.0.0.0"),
  KEEPALIVE_ENABLED("true", "TCP keepalive on application sockets"),
  KEEPALIVE_TIME("180s", "idle time before the first keepalive probe"),
  KEEPALIVE_INTERVAL("180s", "time between keepalive probes"),
  KEEPALIVE_RETRIES("9", "keepalive probes before a connection counts as dead"),
  USER_TIMEOUT_ENABLED("false", "TCP_USER_TIMEOUT = time + interval x retries"),
  NETWORK("", "the network this node is on"),
  NODE_NAME("", "the node this proxy serves"),
  CLUSTER_ID("Kubernetes", "the cluster this proxy belongs to"),
  ISTIO_META_CLUSTER_ID("Kubernetes", "the cluster, as the chart says it; CLUSTER_ID wins"),
  CLUSTER_DOMAIN("cluster.local", "DNS suffix of services"),
  TRUST_DOMAIN("cluster.local", "trust domain of our own identity"),
  POD_NAME("", "this proxy's pod"),
  POD_NAMESPACE("", "this proxy's namespace"),
  SERVICE_ACCOUNT("", "this proxy's service account"),
  INSTANCE_IP("", "this proxy's address, part of the node id"),
  KUBERNETES_SERVICE_HOST("", "set in a cluster; picks the default control-plane address"),
  XDS_ADDRESS("istiod.istio-system.svc:15012", "host:port of the control plane; empty = none"),
  CA_ADDRESS("", "host:port of the certificate service; default: as XDS_ADDRESS"),
  XDS_ROOT_CA(Defaults.ROOT_CERT, "roots for the control plane: path, PEM or SYSTEM"),
  CA_ROOT_CA(Defaults.ROOT_CERT, "roots for the certificate service: path or PEM"),
  ALT_XDS_HOSTNAME("", "further accepted name of the control plane"),
  ALT_CA_HOSTNAME("", "further accepted name of the certificate service"),
  AUTH_TOKEN(Defaults.TOKEN, "bearer token: path (re-read for each call) or literal"),
  XDS_ON_DEMAND("false", "on-demand subscription of addresses"),
  LOCAL_XDS_PATH(
      "", "file with workloads, services and policies; alone, it is read again on change"),
  LOCAL_XDS("", "the same, inline"),
  PREFERED_SERVICE_NAMESPACE("", "namespace that wins when two services share a host name"),
  FAKE_CA("false", "certificates from a test authority; never outside tests"),
  FAKE_CA_ROOT("", "PEM file with the test authority's root"),
  FAKE_CA_KEY("", "PEM file with the test authority's key"),
  SECRET_TTL("24h", "life asked for a certificate"),
  CRL_PATH("", "file of certificate revocation lists, PEM or DER"),
  TLS12_ENABLED("false", "also TLS 1.2, with forward secrecy and AES-GCM only"),
  COMPLIANCE_POLICY("", "pqc = only X25519MLKEM768 for key exchange"),
  POOL_MAX_STREAMS_PER_CONNECTION("100", "streams on one tunnel connection"),
  POOL_UNUSED_RELEASE_TIMEOUT("5m", "an unused tunnel connection is closed after"),
  HTTP2_STREAM_WINDOW_SIZE("4194304", "receive window of a stream, bytes"),
  HTTP2_CONNECTION_WINDOW_SIZE("16777216", "receive window of a connection, bytes"),
  HTTP2_FRAME_SIZE("1048576", "largest frame we accept, bytes"),
  CONNECTION_TERMINATION_DEADLINE("", "time for connections to end at shutdown"),
  TERMINATION_GRACE_PERIOD_SECONDS("", "Kubernetes' grace period; the deadline derives from it"),
  UNSTABLE_ENABLE_SOCKS5("false", "SOCKS5 on 127.0.0.1:15080"),
  LOCALHOST_APP_TUNNEL("true", "PROXY protocol application tunnels connect to loopback"),
  ENABLE_RESPONSE_BAGGAGE("true", "answer CONNECT with the workload's baggage, read the peer's"),
  AUTHZ_POLICY_INFO_LOGGING("false", "policy decisions at INFO instead of DEBUG"),
  ISTIO_META_DNS_CAPTURE("true", "DNS proxy"),
  ISTIO_META_DNS_PROXY_ADDR("localhost:15053", "address of the DNS proxy"),
  ISTIO_META_ISTIO_VERSION("", "version reported to the control plane"),
  ZTUNNEL_WORKER_THREADS("", "event loops: n, p%, 0 = all cores; unset = at most 2"),
  ZTUNNEL_CPU_LIMIT("", "cores that % and 0 count"),
  ZTUNNEL_RESOURCE_CPU_LIMIT("", "CPU limit as a Kubernetes quantity"),
  ZTUNNEL_RESOURCE_CPU_REQUEST("", "CPU request as a Kubernetes quantity"),
  LOG_FORMAT("text", "text or json"),
  RUST_LOG("info", "log levels: level,scope=level,…"),
  RUST_BACKTRACE("", "accepted and without effect: a JVM has its stack traces"),
  PROXY_CONFIG("", "YAML: discoveryAddress, proxyAdminPort, statsPort, concurrency, proxyMetadata"),

  MARROW_TRUST_DOMAIN_ALIASES("", "further trust domains whose peers are let in, comma separated"),
  MARROW_SAME_NODE_SHORTCUT("false", "captured pods of one node talk without network and TLS"),
  MARROW_UNRESOLVED_WAYPOINT("refuse", "refuse or bypass a waypoint that cannot be found"),
  MARROW_REQUIRE_WAYPOINT("true", "bound workloads accept tunnels from their waypoint only"),
  MARROW_CRL_FAIL_CLOSED("false", "an unreadable revocation list refuses every peer"),
  MARROW_DIAL_TIMEOUT("10s", "TCP connect, to peers and to applications"),
  MARROW_HANDSHAKE_TIMEOUT("10s", "TLS handshake and HTTP/2 preface, both roles"),
  MARROW_CONNECT_TIMEOUT("20s", "answer to CONNECT"),
  MARROW_IDLE_TIMEOUT("0s", "a connection without bytes is reset after; 0 = never"),
  MARROW_HALF_CLOSE_TIMEOUT(
      "1h", "a half-closed connection without bytes is reset after; 0 = never"),
  MARROW_WORKLOAD_WAIT("5s", "first connections wait so long for their workload to be known"),
  MARROW_UNLABEL_GRACE("60s", "15008 stays open so long after a pod left"),
  MARROW_DIAL_ATTEMPTS("3", "endpoints tried for one connection before any byte is sent"),
  MARROW_OUTLIER_TIME("10s", "an endpoint that refused is avoided so long"),
  MARROW_SPOOFED_PORTS(
      "10240-32767",
      "ports of connections under clients' addresses; not those that clients' kernels choose"),
  MARROW_LISTEN_BACKLOG("4096", "backlog of listeners"),
  MARROW_MAX_CONNECTIONS_PER_WORKLOAD("100000", "open connections of one pod, both directions"),
  MARROW_MAX_STREAMS_PER_CONNECTION("200", "tunnels a peer may have open on one connection"),
  MARROW_HEADER_LIST_BYTES("65536", "header list of a peer's CONNECT, bytes"),
  MARROW_UNUSED_PEER_TIMEOUT(
      "0s", "a peer's connection without tunnels is closed after; 0 = never"),
  MARROW_RESETS_PER_SECOND("500", "RST_STREAM of a peer, over ten seconds; cut above"),
  MARROW_SETTINGS_PER_SECOND("20", "SETTINGS of a peer, over ten seconds; cut above"),
  MARROW_PINGS_PER_SECOND("20", "PING of a peer, over ten seconds; cut above"),
  MARROW_QUEUED_BYTES_PER_CONNECTION(
      "33554432", "bytes a tunnel connection may hold, not yet passed on; cut at twice that"),
  MARROW_QUEUED_BYTES_PER_IDENTITY(
      "33554432", "bytes all connections of an identity may hold; its streams pause above"),
  MARROW_QUEUED_BYTES("67108864", "bytes all connections may hold; streams pause above"),
  MARROW_WRITE_QUEUE_BYTES(
      "524288",
      "bytes that may wait for a socket; reading for it pauses above, goes on below half"),
  MARROW_TCP_CONGESTION("", "congestion control of our sockets; empty = the kernel's default"),
  MARROW_LOCAL_TCP_CONGESTION(
      "reno", "the same towards applications of this node, where nothing is to be paced"),
  MARROW_NEAR_ROUND_TRIP(
      "1ms",
      "tunnels with a shorter round trip use the local one if the kernel's paces (bbr); 0s = none"),
  MARROW_METRIC_EXPIRY("30m", "a metric series without connection or change is dropped after"),
  MARROW_METRIC_SERIES("20000", "traffic series at once; more are counted under unknown labels"),
  MARROW_LOG_QUEUE_LINES("10000", "log lines waiting to be written; more are dropped and counted"),
  MARROW_CA_PARALLEL_FETCHES("8", "certificate requests at once"),
  MARROW_READY_FILE("", "file that exists from when this process is ready until it drains"),
  MARROW_RELEASE_PAGES(
      "60s",
      "program files unused leave memory 5 s after start, then at pauses that grow to this; 0 = never");

  private final String fallback;
  private final String meaning;

  Knob(String fallback, String meaning) {
    this.fallback = fallback;
    this.meaning = meaning;
  }

  /** The value used when the environment has none; empty for none. */
  public String fallback() {
    return fallback;
  }

  public String meaning() {
    return meaning;
  }

  /** The knob of that name. */
  public static Optional<Knob> named(String name) {
    return Arrays.stream(values()).filter(k -> k.name().equals(name)).findFirst();
  }

  private static final class Defaults {
    static final String ROOT_CERT = "./var/run/secrets/istio/root-cert.pem";
    static final String TOKEN = "./var/run/secrets/tokens/istio-token";
  }
}
