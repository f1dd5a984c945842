#!/usr/bin/env python3
"""Scale bench: how long changes take on a real API server that knows many pods.

  bench/kubernetes/scale.py --kubeconfig FILE [--kubectl COMMAND] [--pods 1000,10000] [--there 0] [--rounds 10] [--out DIR]

The cluster has Marrow installed and its nodes run on this machine, as those of integration-tests/kubernetes do; it is not clean afterwards.
Pods of the crowd are objects only, on nodes that are objects only. What is measured is real: three pods on two nodes, the control plane, and
new connections that are opened in the network namespace of one of these pods, one after another, to a server that takes mutual TLS only.

  label    the label goes onto the client's namespace; until a connection is served: captured, with an identity, in a tunnel
  unlabel  the label goes away; until a connection is not served any more (the agents wait 2 s on purpose)
  deny     a policy is made; until a new connection is refused, and until one that was open is cut
  allow    the policy is deleted; until a new connection is served
  start    a pod is created on a node that asks the server as its first deed: until that begins, and from there until the answer
  plain    the same outside of the mesh, until it begins

Every sample is kept in DIR/samples.json (milliseconds).
"""
import argparse, calendar, contextlib, json, pathlib, re, statistics, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cluster import MERGE, Api, Crowd, Inside, until, use

MODE = "istio.io/dataplane-mode"
IMAGE = "localhost/marrow/shop:0.1.0"
PATIENCE = 60
STRICT = {"apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication", "metadata": {"name": "strict"}, "spec": {"mtls": {"mode": "STRICT"}}}
DENY = {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": {"name": "nobody"},
        "spec": {"selector": {"matchLabels": {"app": "server"}}, "action": "DENY", "rules": [{"from": [{"source": {"principals": ["*"]}}]}]}}
POLICIES = "/apis/security.istio.io/v1/namespaces/bench-server/authorizationpolicies"


def served(connection):
    try:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
        return connection.recv(65536).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


class Bench:
    def __init__(self, api):
        self.api, self.serial = api, int(time.time())
        names = [item["metadata"]["name"] for item in api.do("GET", "/api/v1/nodes")["items"] if "kubernetes.io/os" in item["metadata"].get("labels", {})]
        self.near, self.far = names[0], names[-1]

    def namespace(self, name, labels):
        self.api.make("/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
        until(lambda: self.api.ask("GET", f"/api/v1/namespaces/{name}/serviceaccounts/default")[0] == 200, PATIENCE, "account of " + name)

    def pod(self, namespace, name, node, **container):
        self.api.make(f"/api/v1/namespaces/{namespace}/pods", {
            "metadata": {"name": name, "labels": {"app": name}},
            "spec": {"nodeName": node, "restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
                     "containers": [{"name": "app", "image": IMAGE, **container}]}})

    def running(self, namespace, name):
        pod = {}
        def look():
            pod.update(self.api.do("GET", f"/api/v1/namespaces/{namespace}/pods/{name}"))
            return pod["status"].get("phase") == "Running"
        until(look, PATIENCE, name + " runs")
        return pod

    def open(self):
        self.namespace("bench-server", {MODE: "ambient"})
        self.namespace("bench-client", {})
        self.namespace("bench-plain", {})
        self.pod("bench-server", "server", self.far)
        self.pod("bench-client", "client", self.near)
        self.server = self.running("bench-server", "server")["status"]["podIP"]
        self.client = Inside(self.running("bench-client", "client")["metadata"]["uid"])
        self.label(None)
        strict = "/apis/security.istio.io/v1/namespaces/bench-server/peerauthentications"
        self.api.do("DELETE", strict + "/strict", fine=(404,))
        until(self.once, PATIENCE, "the server answers")
        self.api.make(strict, STRICT)
        until(lambda: not self.once(), PATIENCE, "plaintext is refused")

    def once(self):
        try:
            with contextlib.closing(self.client.open(self.server, 8080)) as connection:
                return served(connection)
        except OSError:
            return False

    def label(self, value):
        self.api.do("PATCH", "/api/v1/namespaces/bench-client", {"metadata": {"labels": {MODE: value}}}, MERGE)

    def labels(self, rounds, samples):
        for _ in range(rounds):
            # What an agent has begun goes on after a connection has shown it.
            time.sleep(3)
            self.timed(samples, "label", lambda: self.label("ambient"), self.once)
            time.sleep(3)
            self.timed(samples, "unlabel", lambda: self.label(None), lambda: not self.once())

    def policies(self, rounds, samples):
        self.label("ambient")
        time.sleep(5)  # an agent that has begun to let a pod go does so first
        until(self.once, PATIENCE, "captured")
        for _ in range(rounds):
            with contextlib.closing(self.client.open(self.server, 8080)) as kept:
                assert served(kept)
                begun = self.timed(samples, "deny", lambda: self.api.do("POST", POLICIES, DENY), lambda: not self.once())
                kept.settimeout(10)
                with contextlib.suppress(OSError):
                    assert kept.recv(1) == b""
                samples.setdefault("cut", []).append((time.time() - begun) * 1000)
            self.timed(samples, "allow", lambda: self.api.do("DELETE", POLICIES + "/nobody"), self.once)

    def timed(self, samples, name, change, holds):
        begun = time.time()
        change()
        until(holds, PATIENCE, name)
        samples.setdefault(name, []).append((time.time() - begun) * 1000)
        return begun

    def starts(self, rounds, samples):
        ask = f"echo begun; wget -q -O /dev/null http://{self.server}:8080/ && echo answered"
        for namespace, first, answer in (("bench-server", "start", "identity"), ("bench-plain", "plain", None)):
            for _ in range(rounds):
                self.serial += 1
                name, begun = f"hasty-{self.serial}", time.time()
                command = ask if answer else "echo begun; echo answered"
                self.pod(namespace, name, self.near, command=["/bin/sh", "-c", command])
                path = f"/api/v1/namespaces/{namespace}/pods/{name}"
                until(lambda: self.api.do("GET", path)["status"].get("phase") in ("Succeeded", "Failed"), PATIENCE, name + " ends")
                times = {}
                for line in self.api.do("GET", path + "/log?timestamps=true").splitlines():
                    stamp, _, word = line.partition(" ")
                    times[word] = self.seconds(stamp)
                if "answered" not in times:
                    raise RuntimeError(f"{name} got no answer: {times}")
                samples.setdefault(first, []).append((times["begun"] - begun) * 1000)
                if answer:
                    samples.setdefault(answer, []).append((times["answered"] - times["begun"]) * 1000)
                self.api.do("DELETE", path)

    @staticmethod
    def seconds(stamp):
        """Of a time with nanoseconds in UTC, as the container runtime writes it."""
        whole, fraction = re.match(r"([^.]*)(\.\d+)?", stamp.rstrip("Z")).groups()
        return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(fraction or 0)

    def settle(self, pods):
        """Until every control plane has told its clients of all pods."""
        def counts():
            return [value for part in self.parts().values() for key, value in part.items() if key.startswith("marrow_resources_address")]
        until(lambda: counts() and min(counts()) >= pods, 120, "the control planes know all pods")
        before = None
        while before != (before := self.sent()):
            time.sleep(2)

    def sent(self):
        return sum(value for part in self.parts().values() for key, value in part.items() if key.startswith("marrow_xds_bytes_sent"))

    def parts(self):
        """CPU so far and memory of each pod of the mesh, and what the control plane has counted."""
        result = {}
        for pod in self.api.do("GET", "/api/v1/namespaces/marrow-system/pods")["items"]:
            meta = pod["metadata"]
            cpu, memory = use(meta["uid"])
            part = {"cpu_s": round(cpu, 2), "rss_mb": round(memory, 1)}
            if meta.get("labels", {}).get("app") == "marrow-control-plane":
                metrics = self.api.do("GET", f"/api/v1/namespaces/marrow-system/pods/{meta['name']}:15020/proxy/metrics")
                for line in metrics.splitlines():
                    if re.match(r"marrow_xds_(bytes_sent|streams|resources_sent)|marrow_resources_|marrow_leader", line):
                        key, _, value = line.rpartition(" ")
                        part[key] = float(value)
            result[meta["name"]] = part
        return result


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--kubeconfig", required=True)
    words.add_argument("--kubectl", default="kubectl")
    words.add_argument("--pods", default="1000,10000")
    words.add_argument("--there", type=int, default=0, help="pods of the crowd that an earlier run left")
    words.add_argument("--rounds", type=int, default=10)
    words.add_argument("--out", default="bench/results/kubernetes-scale")
    options = words.parse_args()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    file = out / "samples.json"
    api = Api(options.kubeconfig, options.kubectl.split())
    bench, crowd = Bench(api), Crowd(api, options.there)
    results = json.loads(file.read_text()) if file.exists() else {}
    try:
        bench.open()
        for pods in map(int, options.pods.split(",")):
            print(f"{pods} pods: known to the API server after {crowd.grow(pods):.0f} s", flush=True)
            bench.settle(pods)
            results[str(pods)] = measure(bench, options.rounds)
            file.write_text(json.dumps(results, indent=1) + "\n")
            show(pods, results[str(pods)])
    finally:
        crowd.close()


def measure(bench, rounds):
    samples = {}
    before, begun = bench.parts(), time.time()
    bench.labels(rounds, samples)
    bench.policies(2 * rounds, samples)
    bench.label(None)
    seconds, after = time.time() - begun, bench.parts()
    bench.starts(rounds, samples)
    return {"load": open("/proc/loadavg").read().split()[:3], "seconds": round(seconds, 1), "before": before, "after": after,
            "samples": {name: [round(value, 1) for value in values] for name, values in samples.items()}}


def show(pods, result):
    print(f"{pods} pods, load {' '.join(result['load'])}")
    for name, values in result["samples"].items():
        print(f"  {name:9} median {statistics.median(values):7.0f} ms   longest {max(values):7.0f} ms   of {len(values)}")
    for name, part in result["after"].items():
        cpu = (part["cpu_s"] - result["before"].get(name, {"cpu_s": 0})["cpu_s"]) / result["seconds"] * 100
        print(f"  {name}: {part['rss_mb']:.0f} MB, {cpu:.0f} % of a core")


if __name__ == "__main__":
    main()
