"""What the benches share: processes in network namespaces, medians, the machine's name."""
import contextlib, json, os, platform, re, signal, statistics, subprocess, pathlib

ROOT = pathlib.Path(__file__).resolve().parents[1]


def sh(command, check=True):
    return subprocess.run(command, shell=True, check=check, text=True, capture_output=True)


class Processes(contextlib.ExitStack):
    """Processes of one run, ended with it."""

    def start(self, space, command, log, env=(), errors=None):
        """Starts `command` as a session of its own in the network namespace `space`; its words go to `log`."""
        out = self.enter_context(open(log, "w"))
        err = self.enter_context(open(errors, "w")) if errors else subprocess.STDOUT
        process = subprocess.Popen(["ip", "netns", "exec", space, "sh", "-c", f"exec {command}"], stdout=out, stderr=err,
                                   stdin=subprocess.DEVNULL, env={**os.environ, **dict(env)}, start_new_session=True)
        self.callback(self.end, process)
        return process

    @staticmethod
    def end(process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()


POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}
spec:
  nodeName: {node}
  serviceAccountName: {name}
  containers:
  - {container}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: {name}, namespace: {namespace}}}
"""


def pod(name, namespace, node, container):
    """YAML of a pod on `node` and of its own account; `container` says what runs in it."""
    return POD.format(name=name, namespace=namespace, node=node, container=json.dumps({"name": "app", **container}))


class LocalMesh:
    """A local mesh of a bench's own, beside any other."""

    def __init__(self, prefix):
        self.prefix, self.state = prefix, pathlib.Path("/run") / prefix

    def marrow(self, *words):
        env = {**os.environ, "MARROW_PREFIX": self.prefix, "MARROW_STATE": str(self.state)}
        done = subprocess.run([str(ROOT / "cli/target/marrow/bin/marrow"), *words], text=True, capture_output=True, env=env)
        if done.returncode and words[0] != "down":
            raise RuntimeError(f"marrow {' '.join(words)}: {done.stdout[-800:]} {done.stderr[-800:]}")
        return done.stdout

    def pods(self):
        return json.loads(self.marrow("pods", "-o", "json"))["items"]


def rss_mb(pid):
    return round(int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) / 1024, 1)


def flatten(result, joint):
    """Pairs of name and figure; those of a figure's parts are joined to its name."""
    for key, value in result.items():
        if isinstance(value, dict):
            for part, number in value.items():
                yield f"{key}{joint}{part}", number
        else:
            yield key, value


def spread(values):
    """A cell of a table: the median, and from where to where the rounds went."""
    return f"{statistics.median(values):g} ({min(values):g}..{max(values):g})" if values else "–"


def machine():
    model = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    congestion = open("/proc/sys/net/ipv4/tcp_congestion_control").read().strip()
    return {"cpus": os.cpu_count(), "cpu": model.group(1) if model else "?", "kernel": platform.release(), "congestion_control": congestion,
            "commit": sh(f"git -C {ROOT} rev-parse --short HEAD", check=False).stdout.strip()}
