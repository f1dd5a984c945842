"""A real API server for the bench: requests, objects of pretended nodes, and what its processes use. Standard library only."""
import base64, concurrent.futures, ctypes, datetime, http.client, json, os, pathlib, socket, ssl, subprocess, tempfile, threading, time

LIBC = ctypes.CDLL(None, use_errno=True)
MERGE = "application/merge-patch+json"


class Api:
    """Requests to the API server of a kubeconfig with a client certificate; one connection per thread."""

    def __init__(self, kubeconfig, kubectl):
        said = subprocess.run([*kubectl, "--kubeconfig", kubeconfig, "config", "view", "--raw", "--minify", "-o", "json"],
                              check=True, text=True, capture_output=True).stdout
        config = json.loads(said)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.host, self.port = cluster["server"].removeprefix("https://").split(":")
        text = lambda words: base64.b64decode(words).decode()
        self.tls = ssl.create_default_context(cadata=text(cluster["certificate-authority-data"]))
        with tempfile.TemporaryDirectory() as folder:
            pair = pathlib.Path(folder) / "pair.pem"
            pair.touch(0o600)
            pair.write_text(text(user["client-certificate-data"]) + text(user["client-key-data"]))
            self.tls.load_cert_chain(pair)
        self.local = threading.local()

    def ask(self, method, path, body=None, kind="application/json"):
        """The code and the answer."""
        for attempt in range(3):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = http.client.HTTPSConnection(self.host, int(self.port), context=self.tls, timeout=60)
            try:
                connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": kind})
                reply = connection.getresponse()
                return reply.status, reply.read()
            except (OSError, http.client.HTTPException):
                self.local.connection = None
                if attempt == 2:
                    raise

    def do(self, method, path, body=None, kind="application/json", fine=()):
        code, answer = self.ask(method, path, body, kind)
        if code >= 300 and code not in fine:
            raise RuntimeError(f"{method} {path}: {code} {answer[:300]}")
        return json.loads(answer) if answer.startswith(b"{") else answer.decode()

    def make(self, path, body):
        """Creates it, unless it is there."""
        return self.do("POST", path, body, fine=(409,))


def until(condition, patience, what):
    """Milliseconds until it holds."""
    begun = time.time()
    while not condition():
        if time.time() - begun > patience:
            raise RuntimeError(f"not within {patience} s: {what}")
        time.sleep(0.002)
    return (time.time() - begun) * 1000


class Crowd:
    """Pretended nodes that say they live, and pods on them that run, as far as the API server knows; 50 to a node and to a service."""
    PER_NODE, PER_NAMESPACE = 50, 1000

    def __init__(self, api, pods=0):
        self.api, self.nodes, self.pods = api, -(-pods // self.PER_NODE), pods
        self.workers = concurrent.futures.ThreadPoolExecutor(12)
        self.ended = threading.Event()
        threading.Thread(target=self.live, daemon=True).start()

    def live(self):
        """The leases by which the nodes' controller knows nodes to be alive."""
        while not self.ended.wait(5):
            for n in range(self.nodes):
                now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                self.api.do("PATCH", f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/crowd-{n}",
                            {"spec": {"renewTime": now}}, MERGE, fine=(404,))

    def grow(self, pods):
        """Seconds until there are so many, known to the API server."""
        begun = time.time()
        for n in range(self.pods // self.PER_NAMESPACE, -(-pods // self.PER_NAMESPACE)):
            self.namespace(f"crowd-{n}")
        list(self.workers.map(self.node, range(self.nodes, -(-pods // self.PER_NODE))))
        self.nodes = -(-pods // self.PER_NODE)
        list(self.workers.map(self.pod, range(self.pods, pods)))
        self.pods = pods
        return time.time() - begun

    def namespace(self, name):
        self.api.make("/api/v1/namespaces", {"metadata": {"name": name, "labels": {"istio.io/dataplane-mode": "ambient"}}})
        until(lambda: self.api.ask("GET", f"/api/v1/namespaces/{name}/serviceaccounts/default")[0] == 200, 60, "account of " + name)
        for group in range(self.PER_NAMESPACE // 50):
            self.api.make(f"/api/v1/namespaces/{name}/services", {
                "metadata": {"name": f"s{group}"}, "spec": {"selector": {"app": f"s{group}"}, "ports": [{"port": 80}]}})

    def node(self, n):
        """Without the label of an operating system, so that no DaemonSet wants a pod there."""
        name = f"crowd-{n}"
        self.api.make("/api/v1/nodes", {"metadata": {"name": name}, "spec": {"taints": [{"key": "crowd", "effect": "NoSchedule"}]}})
        self.api.do("PATCH", f"/api/v1/nodes/{name}/status", {"status": {
            "conditions": [{"type": "Ready", "status": "True", "reason": "Bench", "message": "pretended"}],
            "capacity": {"pods": "110"}, "allocatable": {"pods": "110"}}}, MERGE)
        self.api.make("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", {
            "metadata": {"name": name}, "spec": {"holderIdentity": name, "leaseDurationSeconds": 40}})

    def pod(self, n):
        path, name = f"/api/v1/namespaces/crowd-{n // self.PER_NAMESPACE}/pods", f"p{n}"
        group = n % self.PER_NAMESPACE // 50
        self.api.make(path, {
            "metadata": {"name": name, "labels": {"app": f"s{group}"}, "annotations": {"ambient.istio.io/redirection": "enabled"}},
            "spec": {"nodeName": f"crowd-{n // self.PER_NODE}", "automountServiceAccountToken": False, "tolerations": [{"operator": "Exists"}],
                     "containers": [{"name": "app", "image": "none"}]}})
        address = f"198.18.{128 + n // 200}.{2 + n % 200}"
        self.api.do("PATCH", f"{path}/{name}/status", {"status": {
            "phase": "Running", "podIP": address, "podIPs": [{"ip": address}],
            "conditions": [{"type": "Ready", "status": "True"}, {"type": "ContainersReady", "status": "True"}]}}, MERGE)

    def close(self):
        self.ended.set()
        self.workers.shutdown(wait=False, cancel_futures=True)


def processes(uid):
    """Processes of a pod, by its control group."""
    forms = {uid.encode(), uid.replace("-", "_").encode()}
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            groups = (entry / "cgroup").read_bytes()
        except OSError:
            continue
        if any(form in groups for form in forms):
            found.append(int(entry.name))
    return sorted(found)


class Inside:
    """The network namespace of a pod that runs on this machine; connections are opened in it."""

    def __init__(self, uid):
        self.netns = os.open(f"/proc/{processes(uid)[0]}/ns/net", os.O_RDONLY)

    def open(self, address, port):
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            if LIBC.setns(self.netns, 0x40000000):
                raise OSError(ctypes.get_errno(), "setns")
            connection = socket.socket()
        finally:
            LIBC.setns(home, 0x40000000)
            os.close(home)
        connection.settimeout(3)
        connection.connect((address, port))
        return connection


def use(uid):
    """Seconds of CPU so far and MiB in memory, of the largest process of a pod."""
    best = (0.0, 0.0)
    for pid in processes(uid):
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        memory = next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)
        if memory > best[1]:
            best = ((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), memory)
    return best
