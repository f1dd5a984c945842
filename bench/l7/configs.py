"""The same routes and rules for both proxies, and what stands around them."""

CLIENT, PROXY, BACKEND = "198.18.254.1", "198.18.254.2", "198.18.254.3"
# One service speaks HTTP/1.1, one HTTP/2, one HTTP/2 with gRPC's trailers.
SERVICES = ("web", "web2", "rpc")
VIP = {n: f"198.18.254.{100 + i}" for i, n in enumerate(SERVICES)}
HOST = {n: f"{n}.default.svc.cluster.local" for n in SERVICES}
BACKEND_PORT = {n: 8080 + i for i, n in enumerate(SERVICES)}
GATEWAY_PORT = {n: 8000 + i for i, n in enumerate(SERVICES)}
SPIFFE = "spiffe://cluster.local/ns/default/sa/"
BODY = {"1k": 1024, "64k": 65536}


def paths(count):
    """Prefixes of the routes; what the load asks for (/1k, /64k) stands in the middle."""
    others = [f"/team-{i % 10}/service-{i}" for i in range(count - 1)]
    middle = len(others) // 2
    return others[:middle] + ["/"] + others[middle:] if count == 1 else others[:middle] + ["/1k", "/64k", "/echo", "/deny"] + others[middle:]


def nginx(folder):
    """For HTTP/1.1. Not for HTTP/2: version 1.22 leaves Nagle's algorithm on there, and stalls for 40 ms whoever batches."""
    return f"""daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log warn;
events {{ worker_connections 8192; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; default_type text/plain; server_tokens off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen {BACKEND}:8080 backlog=4096; root {folder}/pages; open_file_cache max=8;
    location = /echo {{ return 200 "$http_traceparent $http_x_request_id"; }}
  }}
}}
"""


def nghttpd(folder, service):
    trailer = "--trailer 'grpc-status: 0'" if service == "rpc" else ""
    return f"nghttpd -a {BACKEND} -d {folder}/pages --no-tls -m 1024 -w 20 -W 24 {trailer} {BACKEND_PORT[service]}"


def workload(name, address, services="{}", protocol="HBONE"):
    return (f'- {{uid: "bench//Pod/default/{name}", name: {name}, namespace: default, serviceAccount: {name}, trustDomain: cluster.local, '
            f'workloadIps: ["{address}"], protocol: {protocol}, node: {name}, services: {services}}}')


def mesh(waypoint):
    """WDS for the client's node proxy and for our waypoint."""
    through = f'waypoint: {{destination: "/{PROXY}", hboneMtlsPort: 15008}}, ' if waypoint else ""
    ports = ", ".join(f'"default/{HOST[n]}": {{"80": {BACKEND_PORT[n]}}}' for n in VIP)
    services = [f'- {{name: {n}, namespace: default, hostname: {HOST[n]}, vips: ["/{VIP[n]}"], {through}ports: {{"80": {BACKEND_PORT[n]}}}}}' for n in VIP]
    return "\n".join(["workloads:", workload("client", CLIENT), workload("waypoint", PROXY), workload("backend", BACKEND, "{" + ports + "}", "TCP"),
                      "services:", *services, "policies: []", ""])


# ---- ours -------------------------------------------------------------------------------------------------------------


def marrow_destination(name, routes, rules, gateway):
    import json
    backend = {"backend": {"namespace": "default", "hostname": HOST[name], "port": 80}, "weight": 1}
    add = {"requestHeaders": {"add": [{"name": "x-bench", "value": "1"}]}}
    http_rules = [{"route": "default/bench", "rule": str(i), "matches": [{"path": {"prefix": p}}], "filters": [add], "backends": [backend]} for i, p in enumerate(paths(routes))]
    source = {} if gateway else {"from": [{"principals": [{"exact": "cluster.local/ns/default/sa/client"}]}]}
    allow = [{**source, "to": [{"paths": [{"prefix": p}], "methods": [{"exact": m} for m in ("GET", "POST")]}]} for p in rule_paths(rules)]
    policies = [{"name": "default/deny", "action": "DENY", "rules": [{"to": [{"paths": [{"prefix": "/deny"}]}]}]},
                {"name": "default/allow", "action": "ALLOW", "rules": allow}]
    return json.dumps({"service": {"namespace": "default", "hostname": HOST[name]}, "policies": policies,
                       "ports": [{"port": 80, "protocol": "HTTP1" if name == "web" else "HTTP2", "routed": True, "httpRules": http_rules}]})


def rule_paths(count):
    others = [f"/team-{i % 10}/service-{i}" for i in range(count - 1)]
    middle = len(others) // 2
    return others[:middle] + ["/"] + others[middle:]


def marrow(folder, routes, gateway):
    indented = "\n".join("  " + line for line in mesh(False).splitlines())
    if gateway:
        entry = "listeners:\n" + "\n".join(f'- {{address: "{PROXY}", port: {GATEWAY_PORT[n]}, service: "default/{HOST[n]}", servicePort: 80}}' for n in VIP)
    else:
        entry = f'hbone: {{address: "{PROXY}", port: 15008, identity: "{SPIFFE}waypoint", chain: cert.pem, key: key.pem, roots: root.pem}}'
    destinations = "\n".join("- " + marrow_destination(n, routes, routes, gateway) for n in VIP)
    return f"loops: 1\n{entry}\nmesh:\n{indented}\ndestinations:\n{destinations}\n"


# ---- Envoy ------------------------------------------------------------------------------------------------------------

TYPE = "type.googleapis.com/envoy.extensions"
BREAKERS = "circuit_breakers: {thresholds: [{max_connections: 100000, max_pending_requests: 100000, max_requests: 100000}]}"


def envoy_rbac(routes, gateway):
    principal = "any: true" if gateway else f'filter_state: {{key: io.istio.peer_principal, string_match: {{exact: "{SPIFFE}client"}}}}'
    methods = "or_rules: {rules: [" + ", ".join(f'{{header: {{name: ":method", string_match: {{exact: {m}}}}}}}' for m in ("GET", "POST")) + "]}"
    policies = "\n".join(f'                  rule-{i}: {{permissions: [{{and_rules: {{rules: [{{url_path: {{path: {{prefix: "{p}"}}}}}}, {{{methods}}}]}}}}], principals: [{{{principal}}}]}}'
                         for i, p in enumerate(rule_paths(routes)))
    return f"""
          - name: deny
            typed_config:
              "@type": {TYPE}.filters.http.rbac.v3.RBAC
              rules:
                action: DENY
                policies:
                  deny: {{permissions: [{{url_path: {{path: {{prefix: /deny}}}}}}], principals: [{{any: true}}]}}
          - name: allow
            typed_config:
              "@type": {TYPE}.filters.http.rbac.v3.RBAC
              rules:
                action: ALLOW
                policies:
{policies}"""


def envoy_http(name, folder, routes, gateway, codec):
    table = "\n".join(f'              - {{match: {{{"path_separated_prefix" if p != "/" else "prefix"}: "{p}"}}, route: {{cluster: {name}, timeout: 0s}}, request_headers_to_add: [{{header: {{key: x-bench, value: "1"}}}}]}}'
                      for p in paths(routes))
    return f"""
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": {TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: main_{name}
          codec_type: {codec}
          normalize_path: true
          tracing:
            random_sampling: {{value: 1}}
            provider:
              name: envoy.tracers.opentelemetry
              typed_config:
                "@type": type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig
                service_name: waypoint
                grpc_service: {{envoy_grpc: {{cluster_name: collector}}, timeout: 1s}}
          access_log:
          - name: file
            typed_config: {{"@type": {TYPE}.access_loggers.file.v3.FileAccessLog, path: {folder}/access.log}}
          http_filters:{envoy_rbac(routes, gateway)}
          - name: envoy.filters.http.router
            typed_config: {{"@type": {TYPE}.filters.http.router.v3.Router}}
          route_config:
            virtual_hosts:
            - name: {name}
              domains: ["*"]
              routes:
{table}"""


def envoy_clusters(name, gateway):
    option = "http_protocol_options" if name == "web" else "http2_protocol_options"
    backend = f"""
  - name: {name}
    {BREAKERS}
    load_assignment: {{cluster_name: {name}, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: {BACKEND}, port_value: {BACKEND_PORT[name]}}}}}}}}}]}}]}}
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": {TYPE}.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {{{option}: {{}}}}"""
    if gateway:
        return backend
    return backend + f"""
  - name: to_{name}
    {BREAKERS}
    load_assignment: {{cluster_name: to_{name}, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{envoy_internal_address: {{server_listener_name: main_{name}}}}}}}}}]}}]}}
    transport_socket:
      name: envoy.transport_sockets.internal_upstream
      typed_config:
        "@type": {TYPE}.transport_sockets.internal_upstream.v3.InternalUpstreamTransport
        transport_socket: {{name: raw, typed_config: {{"@type": {TYPE}.transport_sockets.raw_buffer.v3.RawBuffer}}}}"""


def envoy_terminate(folder):
    """Terminates CONNECT on 15008 and hands the bytes to an internal listener; the peer's identity travels along."""
    hosts = "".join(f"""
            - name: {n}
              domains: ["{VIP[n]}:80"]
              routes:
              - match: {{connect_matcher: {{}}}}
                route: {{cluster: to_{n}, timeout: 0s, upgrade_configs: [{{upgrade_type: CONNECT, connect_config: {{}}}}]}}""" for n in VIP)
    return f"""
  - name: connect_terminate
    address: {{socket_address: {{address: {PROXY}, port_value: 15008}}}}
    filter_chains:
    - transport_socket:
        name: tls
        typed_config:
          "@type": {TYPE}.transport_sockets.tls.v3.DownstreamTlsContext
          require_client_certificate: true
          common_tls_context:
            tls_params: {{tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_3}}
            alpn_protocols: [h2]
            tls_certificates: [{{certificate_chain: {{filename: {folder}/cert.pem}}, private_key: {{filename: {folder}/key.pem}}}}]
            validation_context: {{trusted_ca: {{filename: {folder}/root.pem}}}}
      filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": {TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: connect_terminate
          codec_type: HTTP2
          stream_idle_timeout: 0s
          http2_protocol_options: {{allow_connect: true, max_concurrent_streams: 200}}
          upgrade_configs: [{{upgrade_type: CONNECT}}]
          http_filters:
          - name: envoy.filters.http.set_filter_state
            typed_config:
              "@type": {TYPE}.filters.http.set_filter_state.v3.Config
              on_request_headers:
              - object_key: io.istio.peer_principal
                factory_key: envoy.string
                format_string: {{text_format_source: {{inline_string: "%DOWNSTREAM_PEER_URI_SAN%"}}}}
                shared_with_upstream: ONCE
          - name: envoy.filters.http.router
            typed_config: {{"@type": {TYPE}.filters.http.router.v3.Router}}
          route_config:
            virtual_hosts:{hosts}"""


def envoy(folder, routes, gateway):
    def address(n):
        return f"address: {{socket_address: {{address: {PROXY}, port_value: {GATEWAY_PORT[n]}}}}}" if gateway else "internal_listener: {}"
    listeners = "".join(f"\n  - name: main_{n}\n    {address(n)}" + envoy_http(n, folder, routes, gateway, "AUTO") for n in VIP)
    terminate = "" if gateway else envoy_terminate(folder)
    clusters = "".join(envoy_clusters(n, gateway) for n in VIP)
    return f"""
admin: {{address: {{socket_address: {{address: 127.0.0.1, port_value: 15000}}}}}}
bootstrap_extensions:
- name: envoy.bootstrap.internal_listener
  typed_config: {{"@type": {TYPE}.bootstrap.internal_listener.v3.InternalListener}}
static_resources:
  listeners:{terminate}{listeners}
  clusters:{clusters}
  - name: collector
    load_assignment: {{cluster_name: collector, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: 4317}}}}}}}}]}}]}}
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": {TYPE}.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {{http2_protocol_options: {{}}}}
"""
