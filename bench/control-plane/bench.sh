#!/bin/bash
# bench.sh [PODS] [SECONDS] [RATE]: the control plane in a cluster of many pods on a made-up API server, which is a process of its own.
# Needs a build with tests compiled (mvn test-compile). Prints name=value lines; see bench/README.md.
set -e
cd "$(dirname "$0")/../.."
pods=${1:-100000} seconds=${2:-20} rate=${3:-100}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
trap 'kill $plane $cluster 2>/dev/null || true; rm -rf "$work"' EXIT
if [ -z "$BENCH_CLASSPATH" ]; then
  mvn -o -q -Dlint=false -pl control-plane -am test-compile dependency:build-classpath -Dmdep.outputFile="$work/cp" -Dmdep.includeScope=test
  BENCH_CLASSPATH=control-plane/target/test-classes:control-plane/target/classes:$(cat "$work/cp")
fi
cat >"$work/kubeconfig" <<K
apiVersion: v1
kind: Config
current-context: x
clusters: [{name: c, cluster: {server: "http://127.0.0.1:28080"}}]
users: [{name: u, user: {}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
K
echo '<configuration><root level="ERROR"/></configuration>' >"$work/logback.xml"
common="-Dlogback.configurationFile=$work/logback.xml --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
$java $common -Xmx3g -XX:+UseSerialGC -cp "$BENCH_CLASSPATH" dev.marrow.controlplane.bench.LoadedCluster "$pods" 28080 28012 "$work/pid" "$seconds" "$rate" >"$work/out" 2>"$work/err" &
cluster=$!
until grep -q filled "$work/out"; do kill -0 $cluster; sleep 0.2; done
env MARROW_SOURCE=kubernetes KUBECONFIG="$work/kubeconfig" POD_NAME=bench MARROW_WAYPOINT_IMAGE=none MARROW_XDS_ADDRESS=127.0.0.1:28012 \
  MARROW_READINESS_ADDRESS=127.0.0.1:28013 MARROW_METRICS_ADDRESS=127.0.0.1:28014 MARROW_ADMIN_ADDRESS=127.0.0.1:28015 \
  $java $common ${PLANE_OPTIONS:--Xmx1500m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders} -cp "$BENCH_CLASSPATH" dev.marrow.controlplane.Main >"$work/plane" 2>&1 &
plane=$!
echo $plane >"$work/pid"
# The load waits for the control plane's port for ever, so one that ends early ends it.
(while kill -0 $plane 2>/dev/null; do sleep 0.5; done; kill $cluster 2>/dev/null) &
wait $cluster || { tail -5 "$work/err"; head -5 "$work/plane"; exit 1; }
echo "load=$(cut -d' ' -f1-3 /proc/loadavg)"
cat "$work/out"
