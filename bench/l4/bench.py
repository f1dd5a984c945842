#!/usr/bin/env python3
"""L4 bench: two network namespaces, one node proxy in each, real redirection; proxies take turns in one run.

  bench/l4/bench.py [--rounds 5] [--seconds 8] [--only bulk,rate,closed,connect,cold,idle] [--other NAME='COMMAND']...

Our own proxy and the bare path ("direct") always take part. --other adds any node proxy that understands the same
environment (PROXY_MODE=dedicated, LOCAL_XDS_PATH, PROXY_WORKLOAD_INFO, FAKE_CA=true, PACKET_MARK=1337 …); COMMAND starts
it in the foreground. Everything is on as each proxy has it by default: policy, metrics, access log. Raw output of every
run is kept under bench/results/. Needs root, gcc, iproute2, iptables, iperf3, curl.
"""
import argparse, contextlib, ipaddress, json, os, pathlib, re, shutil, statistics, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import ROOT, Processes, flatten, machine, rss_mb, sh, spread

CLIENT, SERVER = "198.18.255.1", "198.18.255.2"
SPACES = {"client": "mbench-client", "server": "mbench-server"}
ADDRESS = {"client": CLIENT, "server": SERVER}
NET = "198.18.255.0/24"
# Other addresses of the server: the first connection to each needs a tunnel, and with it a whole handshake.
COLD, COLD_NET, COLD_COUNT = "198.18.240.1", "198.18.240.0/21", 2000
ECHO_PORT, BULK_PORT = 7000, 5201
LOAD = "/tmp/marrow-bench-load"

CONFIG = """\
workloads:
- {{uid: bench//Pod/default/client, name: client, namespace: default, serviceAccount: client, trustDomain: cluster.local,
   workloadIps: [{c}], protocol: HBONE, node: client, services: {{}}}}
- {{uid: bench//Pod/default/server, name: server, namespace: default, serviceAccount: server, trustDomain: cluster.local,
   workloadIps: [{s}, {more}], protocol: HBONE, node: server, services: {{}}, authorizationPolicies: [default/allow-client]}}
services: []
policies:
- {{name: allow-client, namespace: default, scope: WorkloadSelector, action: Allow, dryRun: false,
   rules: [[[{{principals: [{{Exact: cluster.local/ns/default/sa/client}}]}}]]]}}
""".format(c=CLIENT, s=SERVER, more=", ".join(str(ipaddress.ip_address(COLD) + n) for n in range(COLD_COUNT)))


def inside(side, command, timeout=300):
    done = subprocess.run(["ip", "netns", "exec", SPACES[side], "sh", "-c", command], text=True, capture_output=True, timeout=timeout)
    if done.returncode:
        raise RuntimeError(f"{command}: exit {done.returncode}: {done.stdout[-300:]} {done.stderr[-300:]}")
    return done.stdout


@contextlib.contextmanager
def network(congestion):
    def down():
        for space in SPACES.values():
            sh(f"ip netns del {space}", check=False)
    down()
    try:
        sh(f"ip netns add {SPACES['client']} && ip netns add {SPACES['server']} && ip link add mbc netns {SPACES['client']} type veth peer name mbs netns {SPACES['server']}")
        for side, device in (("client", "mbc"), ("server", "mbs")):
            n = f"ip -n {SPACES[side]}"
            # A new connection per operation uses up ports quickly; then a connect spends its time in the search for one.
            sh(f"ip netns exec {SPACES[side]} sysctl -qw net.ipv4.ip_local_port_range='1024 65535' net.ipv4.tcp_tw_reuse=1 net.core.somaxconn=4096 net.ipv4.tcp_congestion_control={congestion}")
            sh(f"{n} addr add {ADDRESS[side]}/24 dev {device} && {n} link set {device} up && {n} link set lo up")
        sh(f"ip -n {SPACES['client']} route add {COLD_NET} via {SERVER} && ip -n {SPACES['server']} route add local {COLD_NET} dev lo")
        yield
    finally:
        down()


def redirect():
    for side in SPACES:
        rules = f"ip netns exec {SPACES[side]} iptables -w -t nat"
        for net in (NET, COLD_NET):
            sh(f"{rules} -A OUTPUT -p tcp -d {net} -m mark ! --mark 0x539 -j REDIRECT --to-ports 15001")
            sh(f"{rules} -A PREROUTING -p tcp -d {net} ! --dport 15008 -m mark ! --mark 0x539 -j REDIRECT --to-ports 15006")


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_ready(proxies, since):
    for side, process in proxies.items():
        while "200" not in sh(f"ip netns exec {SPACES[side]} curl -s -o /dev/null -m 1 -w '%{{http_code}}' http://127.0.0.1:15021/healthz/ready", check=False).stdout:
            if process.poll() is not None:
                raise RuntimeError(f"{side}: the proxy ended with {process.returncode}")
            if time.monotonic() - since > 40:
                raise RuntimeError(f"{side}: not ready after 40 s")
            time.sleep(0.02)
    return time.monotonic() - since


class Run:
    """One implementation, once."""

    def __init__(self, name, command, args, out):
        self.name, self.command, self.args, self.out, self.result = name, command, args, out, {}
        self.proxies = {}

    def measure(self):
        self.out.mkdir(parents=True, exist_ok=True)
        with network(self.args.congestion), Processes() as processes:
            processes.start(SPACES["server"], f"{LOAD} echo --listen 0.0.0.0:{ECHO_PORT}", self.out / "echo.log")
            processes.start(SPACES["server"], f"iperf3 -s -p {BULK_PORT}", self.out / "iperf3.log")
            if self.command:
                self.start_proxies(processes)
            time.sleep(0.5)
            self.warm()
            for what in self.args.only.split(","):
                if what in ("cold", "idle"):
                    # What they add are connections that stay; what load leaves behind is another figure.
                    self.result.setdefault("rss_after_load_mb", self.rss())
                getattr(self, what)()
            if self.proxies:
                self.result["rss_end_mb"] = self.rss()
        (self.out / "result.json").write_text(json.dumps(self.result, indent=1))
        for leftover in () if self.args.keep else (*self.out.glob("*.log"), self.out / "local.yaml"):
            leftover.unlink(missing_ok=True)
        return self.result

    def start_proxies(self, processes):
        config = self.out / "local.yaml"
        # Rust's YAML reader wants a tag where others take a map.
        config.write_text(CONFIG if self.name == "marrow" else re.sub(r"{Exact: ([^}]*)}", r"!Exact \1", CONFIG))
        redirect()
        ready, start = {}, {}
        for side in SPACES:
            env = {"FAKE_CA": "true", "XDS_ADDRESS": "", "LOCAL_XDS_PATH": str(config), "PROXY_MODE": "dedicated",
                   "PROXY_WORKLOAD_INFO": f"default/{side}/{side}", "PACKET_MARK": "1337", "ENABLE_ORIG_SRC": "false",
                   "ISTIO_META_DNS_CAPTURE": "false", "ZTUNNEL_WORKER_THREADS": str(self.args.threads), "NODE_NAME": side}
            # One after the other, as a node has one: what two need that start at once is a figure of the machine.
            since = time.monotonic()
            self.proxies[side] = processes.start(SPACES[side], self.command, self.out / f"proxy-{side}.log", env.items())
            ready[side] = round(wait_ready({side: self.proxies[side]}, since), 3)
            start[side] = rss_mb(self.proxies[side].pid)
        self.result |= {"ready_s": ready, "rss_start_mb": start}

    def rss(self):
        return {k: rss_mb(p.pid) for k, p in self.proxies.items()}

    def warm(self):
        """Load that does not count, the same for all: a node proxy serves for weeks, and its first seconds are another figure."""
        each = self.args.warm // 2
        if self.proxies and each:
            inside("client", f"{LOAD} latency --target {SERVER}:{ECHO_PORT} --conns 64 --rate 0 --seconds {each} --warmup 0 --bytes 1024")
            inside("client", f"{LOAD} connect --target {SERVER}:{ECHO_PORT} --conns 4 --seconds {each} --warmup 0")

    def with_cpu(self, name, command):
        """Runs a client command; notes the CPU seconds that each proxy used meanwhile."""
        before = {k: cpu_seconds(p.pid) for k, p in self.proxies.items()}
        text = inside("client", command)
        used = {k: cpu_seconds(p.pid) - before[k] for k, p in self.proxies.items()}
        (self.out / f"{name}.json").write_text(text)
        return json.loads(text), used

    def bulk(self):
        for streams in (1, 16):
            inside("client", f"iperf3 -c {SERVER} -p {BULK_PORT} -t {self.args.warmup} -P {streams} -J")
            data, used = self.with_cpu(f"bulk-{streams}", f"iperf3 -c {SERVER} -p {BULK_PORT} -t {self.args.seconds} -P {streams} -J")
            received = data["end"]["sum_received"]
            gigabytes = received["bytes"] / 1e9
            self.result[f"bulk_{streams}_GB_s"] = round(gigabytes / received["seconds"], 3)
            for side, cpu in used.items():
                self.result[f"bulk_{streams}_cpu_s_per_GB_{side}"] = round(cpu / gigabytes, 3)

    def latency(self, name, connections, rate):
        data, used = self.with_cpu(name, f"{LOAD} latency --target {SERVER}:{ECHO_PORT} --conns {connections} --rate {rate} --seconds {self.args.seconds} --warmup {self.args.warmup} --bytes 1024")
        self.result[f"{name}_per_s"] = data["per_s"]
        self.result[f"{name}_p50_us"] = data["due"]["p50"]
        self.result[f"{name}_p99_us"] = data["due"]["p99"]
        self.result[f"{name}_errors"] = data["errors"]
        share = self.args.seconds / (self.args.seconds + self.args.warmup)
        for side, cpu in used.items():
            self.result[f"{name}_cpu_us_{side}"] = round(cpu * share / data["ops"] * 1e6, 1)

    def rate(self):
        for connections in (16, 64):
            self.latency(f"rate1000_{connections}", connections, 1000)

    def closed(self):
        for connections in (16, 64):
            self.latency(f"closed_{connections}", connections, 0)

    def connections(self, name, options, share=1):
        """share: of the run's time in what is counted, without the warm-up."""
        data, used = self.with_cpu(name, f"{LOAD} connect {options}")
        for side, cpu in used.items():
            self.result[f"{name}_cpu_us_{side}"] = round(cpu * share / max(data["ops"], 1) * 1e6, 1)
        self.result[f"{name}_per_s"] = data["per_s"]
        self.result[f"{name}_p99_us"] = data["sent"]["p99"]
        self.result[f"{name}_errors"] = data["errors"]

    def connect(self):
        """Connections in tunnels that are there: few at once, where it is the way that takes time, and many, where it is the processor."""
        share = self.args.seconds / (self.args.seconds + self.args.warmup)
        for name, at_once in (("connect", 4), ("connect_48", 48)):
            self.connections(name, f"--target {SERVER}:{ECHO_PORT} --conns {at_once} --seconds {self.args.seconds} --warmup {self.args.warmup}", share)

    def cold(self):
        """Connections that each need a tunnel; as many before them that do not count."""
        half = COLD_COUNT // 2
        for first in (0, half):
            target = ipaddress.ip_address(COLD) + first
            self.connections("cold", f"--target {target}:{ECHO_PORT} --conns 4 --seconds 60 --targets {half}")

    def idle(self):
        pids = " ".join(f"--pid {p.pid}" for p in self.proxies.values())
        data = json.loads(inside("client", f"{LOAD} idle --target {SERVER}:{ECHO_PORT} --conns {self.args.idle} --seconds 0 {pids}"))
        (self.out / "idle.json").write_text(json.dumps(data))
        for side, each in zip(self.proxies, data["pids"]):
            self.result[f"idle_bytes_per_conn_{side}"] = each["bytes_per_conn"]
        self.result["idle_errors"] = data["errors"]


def summary(rounds, names):
    """Medians, spread and the ratio of each implementation to the first one that is not the bare path."""
    table = {}
    for result in rounds:
        for key, value in flatten(result["result"], "_"):
            table.setdefault(key, {}).setdefault(result["name"], []).append(value)
    lines = ["| measure | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for key, by_name in table.items():
        lines.append(f"| {key} | " + " | ".join(spread(by_name.get(name)) for name in names) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--first", type=int, default=1, help="number of the first round; earlier ones are taken from --out")
    parser.add_argument("--marrow", default=f"{ROOT}/marrow run ztunnel", help="how our own proxy is started")
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--warm", type=int, default=16, help="seconds of load on each proxy before the first test")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--congestion", default=machine()["congestion_control"], help="of all sockets, applications' and proxies' alike; the kernel's if not said")
    parser.add_argument("--keep", action="store_true", help="keep the proxies' logs of runs that ended well, too")
    parser.add_argument("--idle", type=int, default=2000, help="idle connections")
    parser.add_argument("--only", default="bulk,rate,closed,connect,cold,idle")
    parser.add_argument("--other", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench/results" / time.strftime("l4-%Y%m%d-%H%M%S"))
    args = parser.parse_args()
    if os.geteuid():
        sys.exit("needs root: it makes network namespaces")
    for tool in ("gcc", "ip", "iptables", "iperf3", "curl"):
        if not shutil.which(tool):
            sys.exit(f"{tool}: not found; install it first")
    sh(f"gcc -O2 -o {LOAD} {ROOT}/bench/load/load.c")
    implementations = [("direct", ""), ("marrow", args.marrow)] + [tuple(o.split("=", 1)) for o in args.other]
    args.out.mkdir(parents=True, exist_ok=True)
    earlier = args.out / "rounds.json"
    rounds = [r for r in json.loads(earlier.read_text())["rounds"] if r["round"] < args.first] if earlier.exists() else []
    for number in range(args.first, args.first + args.rounds):
        # Forth and back, so that a machine that grows warm or noisy favours nobody.
        for name, command in implementations if number % 2 else reversed(implementations):
            print(f"round {number}: {name}", file=sys.stderr, flush=True)
            result = Run(name, command, args, args.out / f"{number}-{name}").measure()
            rounds.append({"round": number, "name": name, "result": result})
            (args.out / "rounds.json").write_text(json.dumps({"machine": machine() | {"congestion_control": args.congestion}, "rounds": rounds}, indent=1))
    text = summary(rounds, [name for name, _ in implementations])
    (args.out / "summary.md").write_text(f"{json.dumps(machine() | {'congestion_control': args.congestion})}\n\n{text}\n")
    print(text)


if __name__ == "__main__":
    main()
