package dev.marrow.ztunnel.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A row for each environment variable: what is set, and where it shows in the settings. */
class KnobTest {
  private static final String ROWS =
      """
      ENABLE_PROXY=false -> proxyEnabled=false
      PROXY_MODE=dedicated;PROXY_WORKLOAD_INFO=a/b/c -> mode=Dedicated[namespace=a, name=b, serviceAccount=c]
      PACKET_MARK=7 -> mark=OptionalInt[7]
      INPOD_UDS=/x.sock -> announcements=/x.sock
      INPOD_PORT_REUSE=false -> portReuse=false
      INPOD_ENABLED=true -> Settings[
      ENABLE_ORIG_SRC=true -> spoofing=ALWAYS
      ENABLE_ORIG_SRC=false -> spoofing=NEVER
      MARROW_SPOOFED_PORTS=2000-2999 -> spoofedPorts=PortRange[first=2000, last=2999]
      IPV6_ENABLED=false -> ipv6=false
      KEEPALIVE_ENABLED=false -> keepAlive=Optional.empty
      KEEPALIVE_TIME=7s -> KeepAlive[idle=PT7S
      KEEPALIVE_INTERVAL=7s -> interval=PT7S
      KEEPALIVE_RETRIES=7 -> probes=7
      USER_TIMEOUT_ENABLED=true -> userTimeout=true
      NETWORK=n7 -> network=n7
      NODE_NAME=n7 -> nodeName=n7
      CLUSTER_ID=c7 -> clusterId=c7
      ISTIO_META_CLUSTER_ID=c7 -> clusterId=c7
      CLUSTER_DOMAIN=c7.local -> clusterDomain=c7.local
      TRUST_DOMAIN=t7.local -> trustDomain=t7.local
      POD_NAME=p7 -> podName=p7
      POD_NAMESPACE=p7 -> podNamespace=p7
      SERVICE_ACCOUNT=s7 -> serviceAccount=s7
      INSTANCE_IP=10.0.0.7 -> instanceIp=10.0.0.7
      KUBERNETES_SERVICE_HOST=10.0.0.7 -> ServerSettings[istiod.istio-system.svc:15012
      XDS_ADDRESS=cp:7 -> xds=Optional[ServerSettings[cp:7
      CA_ADDRESS=ca:7 -> issuer=Service[server=ServerSettings[ca:7
      XDS_ROOT_CA=/r.pem -> xds=Optional[ServerSettings[localhost:15012, roots=/r.pem
      CA_ROOT_CA=/r.pem -> issuer=Service[server=ServerSettings[localhost:15012, roots=/r.pem
      ALT_XDS_HOSTNAME=h7 -> roots=./var/run/secrets/istio/root-cert.pem, alternativeName=h7]], local
      ALT_CA_HOSTNAME=h7 -> alternativeName=h7]], life
      AUTH_TOKEN=secret -> Settings[
      XDS_ON_DEMAND=true;ISTIO_META_DNS_CAPTURE=false -> onDemand=true
      LOCAL_XDS_PATH=/dev/null -> /dev/null
      LOCAL_XDS=workloads: [] -> workloads: []
      PREFERED_SERVICE_NAMESPACE=p7 -> preferredNamespace=p7
      FAKE_CA=true;FAKE_CA_ROOT=/r.pem;FAKE_CA_KEY=/k.pem -> /k.pem
      FAKE_CA=true;FAKE_CA_ROOT=/r.pem;FAKE_CA_KEY=/k.pem -> /r.pem
      SECRET_TTL=7h -> life=PT7H
      CRL_PATH=/crl.pem -> Revocation[path=Optional[/crl.pem]
      TLS12_ENABLED=true -> tls12=true
      COMPLIANCE_POLICY=pqc -> postQuantumOnly=true
      POOL_MAX_STREAMS_PER_CONNECTION=7 -> streamsPerConnection=7
      POOL_UNUSED_RELEASE_TIMEOUT=7s -> unusedConnection=PT7S
      HTTP2_STREAM_WINDOW_SIZE=70000 -> streamWindowBytes=70000
      HTTP2_CONNECTION_WINDOW_SIZE=70000 -> connectionWindowBytes=70000
      HTTP2_FRAME_SIZE=70000 -> frameBytes=70000
      CONNECTION_TERMINATION_DEADLINE=7s -> drain=PT7S
      TERMINATION_GRACE_PERIOD_SECONDS=30 -> drain=PT25S
      UNSTABLE_ENABLE_SOCKS5=true -> socks5=true
      LOCALHOST_APP_TUNNEL=false -> localhostAppTunnel=false
      ENABLE_RESPONSE_BAGGAGE=false -> responseBaggage=false
      AUTHZ_POLICY_INFO_LOGGING=true -> decisionsAtInfo=true
      ISTIO_META_DNS_CAPTURE=false -> DnsSettings[enabled=false
      ISTIO_META_DNS_PROXY_ADDR=127.0.0.7:7 -> address=127.0.0.7:7
      ISTIO_META_ISTIO_VERSION=1.7 -> ISTIO_VERSION=1.7
      ZTUNNEL_WORKER_THREADS=7 -> eventLoops=7
      ZTUNNEL_CPU_LIMIT=4;ZTUNNEL_WORKER_THREADS=0 -> eventLoops=4
      ZTUNNEL_RESOURCE_CPU_LIMIT=1 -> eventLoops=1
      ZTUNNEL_RESOURCE_CPU_REQUEST=1;ZTUNNEL_RESOURCE_CPU_LIMIT=200m -> eventLoops=1
      LOG_FORMAT=json -> json=true
      RUST_LOG=debug -> levels=debug
      RUST_BACKTRACE=1 -> Settings[
      PROXY_CONFIG={statsPort: 7} -> metrics=7
      MARROW_TRUST_DOMAIN_ALIASES=old.local,older.local -> older.local
      MARROW_SAME_NODE_SHORTCUT=true -> sameNodeShortcut=true
      MARROW_UNRESOLVED_WAYPOINT=bypass -> refuseUnresolved=false
      MARROW_REQUIRE_WAYPOINT=false -> required=false
      MARROW_CRL_FAIL_CLOSED=true -> failClosed=true
      MARROW_DIAL_TIMEOUT=7s -> dialTimeout=PT7S
      MARROW_HANDSHAKE_TIMEOUT=7s -> handshake=PT7S
      MARROW_CONNECT_TIMEOUT=7s -> connect=PT7S
      MARROW_IDLE_TIMEOUT=7s -> idle=PT7S
      MARROW_HALF_CLOSE_TIMEOUT=7s -> halfClose=PT7S
      MARROW_WORKLOAD_WAIT=7s -> workload=PT7S
      MARROW_UNLABEL_GRACE=7s -> unlabelGrace=PT7S
      MARROW_DIAL_ATTEMPTS=7 -> dialAttempts=7
      MARROW_OUTLIER_TIME=7s -> outlier=PT7S
      MARROW_LISTEN_BACKLOG=7 -> backlog=7
      MARROW_MAX_CONNECTIONS_PER_WORKLOAD=7 -> perWorkload=7
      MARROW_MAX_STREAMS_PER_CONNECTION=7 -> Peer[streams=7
      MARROW_HEADER_LIST_BYTES=7000 -> headerListBytes=7000
      MARROW_UNUSED_PEER_TIMEOUT=7s -> unused=PT7S
      MARROW_RESETS_PER_SECOND=7 -> resets=7
      MARROW_SETTINGS_PER_SECOND=7 -> settings=7, pings
      MARROW_PINGS_PER_SECOND=7 -> pings=7
      MARROW_QUEUED_BYTES_PER_CONNECTION=70000 -> Queues[connection=70000
      MARROW_QUEUED_BYTES_PER_IDENTITY=70000 -> identity=70000
      MARROW_QUEUED_BYTES=70000000 -> all=70000000
      MARROW_WRITE_QUEUE_BYTES=70000 -> writeQueueBytes=70000
      MARROW_TCP_CONGESTION=reno -> congestion=reno
      MARROW_LOCAL_TCP_CONGESTION=cubic -> localCongestion=cubic
      MARROW_NEAR_ROUND_TRIP=2ms -> nearRoundTrip=PT0.002S
      MARROW_METRIC_EXPIRY=7m -> seriesExpiry=PT7M
      MARROW_METRIC_SERIES=700 -> seriesLimit=700
      MARROW_LOG_QUEUE_LINES=7000 -> logQueueLines=7000
      MARROW_CA_PARALLEL_FETCHES=7 -> parallelFetches=7
      MARROW_READY_FILE=/ready -> readyFile=Optional[/ready]
      MARROW_RELEASE_PAGES=7s -> releasePages=PT7S
      """;

  static Stream<String> rows() {
    return ROWS.lines();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void aKnobShowsInTheSettings(String row) {
    String[] sides = row.split(" -> ", 2);

    String settings = SettingsReader.read(variables(sides[0]), Path.of("none"), 8).toString();

    assertThat(settings).contains(sides[1]);
    if (!sides[1].equals("Settings[")) {
      assertThat(SettingsReader.read(Map.of(), Path.of("none"), 8).toString())
          .doesNotContain(sides[1]);
    }
  }

  @ParameterizedTest
  @EnumSource(Knob.class)
  void everyKnobHasARow(Knob knob) {
    List<String> names = rows().flatMap(row -> variables(row).keySet().stream()).toList();

    assertThat(names).contains(knob.name());
  }

  private static Map<String, String> variables(String text) {
    var variables = new HashMap<String, String>();
    Arrays.stream(text.split(";"))
        .map(each -> each.split("=", 2))
        .forEach(each -> variables.put(each[0], each[1]));
    return variables;
  }
}
