#!/usr/bin/env python3
"""Fairness bench: what one tenant's bulk does to another tenant of the same node.

  bench/l4/fairness.py [--rounds 5] [--seconds 6] [--streams 64] [--limit 0]

A local mesh of its own, two nodes. On the first stand two clients with identities of their own, `calm` and `greedy`, behind one node
proxy; on the second their servers, behind the other. Calm sends 1,000 requests of 1 KiB a second over 16 connections, first alone, then while
greedy fills --streams streams (of --limit megabits a second each, 0 for as much as goes). The same again in a namespace outside
the mesh: processors that are busy delay anybody, with or without a proxy. Needs root, gcc, iperf3, and what `./marrow --version` builds.
"""
import argparse, json, os, pathlib, shutil, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import ROOT, LocalMesh, machine, pod, sh, spread

LOAD = "/tmp/marrow-bench-load"
MESH = LocalMesh("mbenchfair")
KINDS = {"mesh": "ambient", "bare": "none"}


def objects(folder):
    text = ""
    for namespace, mode in KINDS.items():
        text += f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {namespace}, labels: {{istio.io/dataplane-mode: {mode}}}}}\n---\n"
        for name, node, command in (("calm", 1, ["sleep", "infinity"]), ("greedy", 1, ["sleep", "infinity"]),
                                    ("calm-server", 2, [LOAD, "echo", "--listen", "0.0.0.0:7000"]), ("greedy-server", 2, ["iperf3", "-s", "-p", "5201"])):
            text += pod(name, namespace, f"node-{node}", {"command": command}) + "---\n"
    (folder / "pods.yaml").write_text(text)


class Tenants:
    """The four pods of one namespace."""

    def __init__(self, pods, namespace):
        self.pods = {p["name"]: p for p in pods if p["namespace"] == namespace}

    def command(self, name, words):
        return ["ip", "netns", "exec", os.path.basename(self.pods[name]["netns"]), *words]

    def calm(self, seconds, warmup):
        target = self.pods["calm-server"]["addresses"][0] + ":7000"
        words = [LOAD, "latency", "--target", target, "--conns", "16", "--rate", "1000", "--bytes", "1024", "--seconds", str(seconds), "--warmup", str(warmup)]
        done = subprocess.run(self.command("calm", words), text=True, capture_output=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"calm: {done.stdout[-300:]} {done.stderr[-300:]}")
        return json.loads(done.stdout)

    def beside(self, seconds, warmup, streams, limit):
        """Calm's figures while greedy is busy, and what greedy moved, in GB/s."""
        words = ["iperf3", "-c", self.pods["greedy-server"]["addresses"][0], "-p", "5201", "-P", str(streams), "-t", str(seconds + warmup + 4), "-b", f"{limit}M" if limit else "0", "-J"]
        greedy = subprocess.Popen(self.command("greedy", words), text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            result = self.calm(seconds, warmup)
            moved = json.loads(greedy.communicate(timeout=60)[0])["end"]["sum_received"]
        finally:
            greedy.kill()
            greedy.wait()
        return result, moved["bytes"] / moved["seconds"] / 1e9


def measure(tenants, args):
    alone = tenants.calm(args.seconds, args.warmup)
    beside, moved = tenants.beside(args.seconds, args.warmup, args.streams, args.limit)
    found = {"greedy_GB_s": round(moved, 3), "errors": alone["errors"] + beside["errors"]}
    for name in ("p50", "p99"):
        found[f"{name}_alone_us"], found[f"{name}_beside_us"] = alone["due"][name], beside["due"][name]
        found[f"{name}_ratio"] = round(beside["due"][name] / alone["due"][name], 2)
    return found


def table(rounds):
    lines = ["| measure | " + " | ".join(KINDS) + " |", "|---|" + "---|" * len(KINDS)]
    for key in rounds[0]["mesh"]:
        lines.append(f"| {key} | " + " | ".join(spread([r[kind][key] for r in rounds]) for kind in KINDS) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--limit", type=float, default=0, help="megabits a second of each stream, 0 for no limit")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench/results" / time.strftime("fairness-%Y%m%d-%H%M%S"))
    args = parser.parse_args()
    if os.geteuid():
        sys.exit("needs root: it makes network namespaces")
    for tool in ("gcc", "ip", "iperf3"):
        if not shutil.which(tool):
            sys.exit(f"{tool}: not found; install it first")
    sh(f"gcc -O2 -o {LOAD} {ROOT}/bench/load/load.c")
    args.out.mkdir(parents=True, exist_ok=True)
    rounds = []
    with tempfile.TemporaryDirectory(prefix="marrow-bench-fairness") as folder:
        try:
            MESH.marrow("down")
            objects(pathlib.Path(folder))
            MESH.marrow("up", "--detach", "--config", folder)
            pods = MESH.pods()
            Tenants(pods, "mesh").beside(args.seconds, args.warmup, args.streams, args.limit)  # warms both proxies up
            for number in range(1, args.rounds + 1):
                print(f"round {number}", file=sys.stderr, flush=True)
                kinds = list(KINDS) if number % 2 else list(KINDS)[::-1]
                rounds.append({kind: measure(Tenants(pods, kind), args) for kind in kinds})
                (args.out / "rounds.json").write_text(json.dumps({"machine": machine(), "streams": args.streams, "limit": args.limit, "rounds": rounds}, indent=1))
        finally:
            MESH.marrow("down")
    (args.out / "summary.md").write_text(f"{json.dumps(machine())}\n\n{table(rounds)}\n")
    print(table(rounds))


if __name__ == "__main__":
    main()
