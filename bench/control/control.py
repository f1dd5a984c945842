#!/usr/bin/env python3
"""Control bench: how long a change of YAML takes to reach connections, in a whole mesh with many workloads.

  bench/control/control.py [--rounds 100] [--workloads 1000] [--only label,policy] [--out DIR]

Starts a mesh of its own (two nodes, three real pods, the other workloads are WorkloadEntry objects in the same directory),
edits files as a user would, and asks with new connections, one after another, since when the change holds:

  label    the label goes onto the namespace; until a new connection is captured, and until it is in a tunnel
  unlabel  the label goes away; until a new connection leaves past the proxy
  deny     a policy file appears; until a new connection is refused, and until one that was open is cut
  allow    the policy file goes away; until a new connection is served again

Every sample is kept in DIR/samples.json (milliseconds). Needs root, and what `./marrow --version` builds.
"""
import argparse, contextlib, ctypes, json, os, pathlib, re, shutil, socket, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import ROOT, LocalMesh, machine, pod

MESH = LocalMesh("mbenchcontrol")
LIBC = ctypes.CDLL(None, use_errno=True)
PATIENCE = 15

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n  labels:\n    istio.io/dataplane-mode: {mode}\n"
ENTRY = """\
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {{name: w{n}, namespace: crowd, labels: {{app: crowd-{group}}}}}
spec: {{address: 198.18.{high}.{low}, serviceAccount: crowd-{group}, labels: {{app: crowd-{group}}}}}
"""
SERVICE = """\
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: crowd-{group}, namespace: crowd}}
spec: {{hosts: [crowd-{group}.example], addresses: [198.19.64.{group}], ports: [{{number: 80, name: http, protocol: HTTP}}], resolution: STATIC, location: MESH_INTERNAL, workloadSelector: {{labels: {{app: crowd-{group}}}}}}}
"""
DENY = """\
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: nobody, namespace: fixed}
spec: {selector: {matchLabels: {app: guarded}}, action: DENY, rules: [{from: [{source: {principals: ["*"]}}]}]}
"""


def write(path, text):
    """As editors do: a new file takes the old one's place."""
    hidden = path.with_name("." + path.name)
    hidden.write_text(text)
    hidden.rename(path)


def shop(name, namespace, node):
    return pod(name, namespace, node, {"command": ["marrow", "run", "shop"], "env": [{"name": "SHOP_NAME", "value": name}],
                                       "ports": [{"name": "http", "containerPort": 8080}]})


def objects(folder, workloads):
    write(folder / "namespaces.yaml", NAMESPACE.format(name="fixed", mode="ambient") + "---\n" + NAMESPACE.format(name="crowd", mode="none"))
    write(folder / "moving.yaml", NAMESPACE.format(name="moving", mode="ambient"))
    write(folder / "pods.yaml", "---\n".join([
        shop("client", "moving", "node-1"), shop("caller", "fixed", "node-1"), shop("guarded", "fixed", "node-2")]))
    groups = max(1, workloads // 100)
    for group in range(groups):
        entries = [ENTRY.format(n=n, group=group, high=100 + n // 200, low=2 + n % 200) for n in range(group, workloads, groups)]
        write(folder / f"crowd-{group}.yaml", "---\n".join(entries + [SERVICE.format(group=group)]))


class Pod:
    """A pod from whose network namespace connections are opened."""

    def __init__(self, pods, name):
        item = next(p for p in pods if p["name"] == name)
        self.address, self.netns = item["addresses"][0], os.open("/run/netns/" + os.path.basename(item["netns"]), os.O_RDONLY)

    def socket(self):
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            if LIBC.setns(self.netns, 0x40000000):
                raise OSError(ctypes.get_errno(), "setns")
            return socket.socket()
        finally:
            LIBC.setns(home, 0x40000000)
            os.close(home)

    def open(self, target):
        connection = self.socket()
        connection.settimeout(3)
        connection.connect((target.address, 8080))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def served(connection):
    try:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
        return connection.recv(65536).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def once(pod, target):
    try:
        with contextlib.closing(pod.open(target)) as connection:
            return served(connection)
    except OSError:
        return False


def until(condition, begun, what):
    while not condition():
        if time.time() - begun > PATIENCE:
            raise RuntimeError(f"not within {PATIENCE} s: {what}")
    return (time.time() - begun) * 1000


class AccessLog:
    """The lines that a node proxy writes, from now on."""

    def __init__(self, node):
        self.file = open(MESH.state / "logs" / f"ztunnel.{node}.log")
        self.file.seek(0, os.SEEK_END)

    def about(self, pod):
        """When connections of a pod were complete, and whether they were in a tunnel."""
        found = []
        for line in self.file.readlines():
            if f"src.addr={pod.address}:" in line and 'direction="outbound"' in line:
                stamp = re.match(r"(\S+)\.(\d+)Z", line)
                seconds = time.mktime(time.strptime(stamp[1], "%Y-%m-%dT%H:%M:%S")) - time.timezone + float("0." + stamp[2])
                found.append((seconds, "dst.hbone_addr=" in line))
        return found


def label(samples, pods, folder):
    client, guarded = Pod(pods, "client"), Pod(pods, "guarded")
    for _ in range(20):  # Warm, and surely captured.
        once(client, guarded)
    log = AccessLog("node-1")
    # Out of the mesh: until a new connection is not in the proxy's log any more.
    write(folder / "moving.yaml", NAMESPACE.format(name="moving", mode="none"))
    begun, last, lost, past = time.time(), time.time(), 0, 0
    while past < 50:
        lost += not once(client, guarded)
        seen = log.about(client)
        last, past = max([last] + [t for t, _ in seen]), 0 if seen else past + 1
        if time.time() - begun > PATIENCE:
            raise RuntimeError("unlabelled, and still captured")
    samples["unlabel"].append(max(0, last - begun) * 1000)
    # And in again.
    write(folder / "moving.yaml", NAMESPACE.format(name="moving", mode="ambient"))
    begun, first = time.time(), {}
    while True not in first:
        lost += not once(client, guarded)
        for stamp, tunnelled in log.about(client):
            first.setdefault(tunnelled, (stamp - begun) * 1000)
        if time.time() - begun > PATIENCE:
            raise RuntimeError("labelled, and not captured")
    samples["captured"].append(min(first.values()))
    samples["tunnelled"].append(first[True])
    samples["lost"].append(lost)
    time.sleep(0.1)


def policy(samples, pods, folder):
    caller, guarded = Pod(pods, "caller"), Pod(pods, "guarded")
    with contextlib.closing(caller.open(guarded)) as kept:
        if not served(kept):
            raise RuntimeError("not served before the policy")
        write(folder / "deny.yaml", DENY)
        begun = time.time()
        samples["denied"].append(until(lambda: not once(caller, guarded), begun, "refused"))
        samples["cut"].append(until(lambda: not served(kept), begun, "cut"))
    (folder / "deny.yaml").unlink()
    begun = time.time()
    samples["allowed"].append(until(lambda: once(caller, guarded), begun, "served again"))
    time.sleep(0.05)


def row(name, values):
    ordered = sorted(values)
    at = lambda q: ordered[min(len(ordered) - 1, int(q * len(ordered)))]
    return f"| {name} | {len(ordered)} | {statistics.median(ordered):.0f} ms | {at(0.99):.0f} ms | {ordered[-1]:.0f} ms |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--workloads", type=int, default=1000)
    parser.add_argument("--only", default="label,policy")
    parser.add_argument("--out", default=str(ROOT / "bench/results" / time.strftime("control-%Y%m%d-%H%M%S")))
    args = parser.parse_args()
    out, samples = pathlib.Path(args.out), {}
    out.mkdir(parents=True, exist_ok=True)
    names = {"label": ["captured", "tunnelled", "unlabel", "lost"], "policy": ["denied", "cut", "allowed"]}
    folder = pathlib.Path(tempfile.mkdtemp(prefix="marrow-bench-control"))
    try:
        MESH.marrow("down")
        objects(folder, args.workloads)
        MESH.marrow("up", "--detach", "--config", str(folder))
        pods = MESH.pods()
        known = subprocess.run(["ip", "netns", "exec", f"{MESH.prefix}-node-1", "curl", "-s", "http://127.0.0.1:15000/config_dump"], capture_output=True, text=True).stdout
        samples["workloads_known_to_a_proxy"] = len(json.loads(known).get("workloads", []))
        for what in args.only.split(","):
            samples.update({name: [] for name in names[what]})
            for n in range(args.rounds):
                {"label": label, "policy": policy}[what](samples, pods, folder)
    finally:
        (out / "samples.json").write_text(json.dumps({"machine": machine(), **samples}, indent=1))
        MESH.marrow("down")
        shutil.rmtree(folder)
    words = {"captured": "label written, until a new connection is captured", "tunnelled": "… until it is in a tunnel", "unlabel": "label taken away, until the last captured connection",
             "denied": "policy written, until a new connection is refused", "cut": "… until an open connection is cut", "allowed": "policy taken away, until a new connection is served"}
    lines = [f"{samples['workloads_known_to_a_proxy']} workloads", "", "| change | samples | median | p99 | longest |", "|---|---|---|---|---|"]
    lines += [row(text, samples[name]) for name, text in words.items() if samples.get(name)]
    if samples.get("lost"):
        lines += ["", f"requests that failed while labels changed: {sum(samples['lost'])}"]
    (out / "summary.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
