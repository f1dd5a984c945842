# What the scripts of the test cluster agree on. Sourced.

cache=${MARROW_KUBERNETES_CACHE:-$HOME/.cache/marrow/kubernetes} # what was built; survives clusters
kube=$cache/bin/kube
packages=$cache/packages # the distribution's containerd, runc and CNI plugins, unpacked, not installed
images=$cache/images

# Addresses of RFC 2544's test range.
pod_range=198.18.0.0/17
service_range=198.19.0.0/17
api_address=198.19.0.1
dns_address=198.19.0.10
host_address=198.19.128.1
bridge=mtk-bridge
pods_of() { echo "198.18.$1.0/24"; }
address_of() { echo "198.19.128.$((10 + $1))"; }

say() { echo "cluster: $*" >&2; }
die() {
  say "$*"
  exit 1
}

# until_true SECONDS WHAT COMMAND...
until_true() {
  local seconds=$1 what=$2 end=$((SECONDS + $1))
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || die "$what: not within $seconds s; logs are in $state/logs"
    sleep 0.2
  done
}

# A process is ours if its id and the time it began are those we wrote down: ids are used again.
birth() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
running() {
  local pid born
  read -r pid born 2>/dev/null <"$state/processes/$1" && [ -n "$pid" ] && [ "$(birth "$pid")" = "$born" ]
}
spawn() { # NAME COMMAND...
  local name=$1
  shift
  if running "$name"; then return 0; fi
  setsid "$@" </dev/null >>"$state/logs/$name" 2>&1 &
  echo "$! $(birth $!)" >"$state/processes/$name"
}
finish() { # NAME SIGNAL
  local pid
  if running "$1"; then
    pid=$(cut -d' ' -f1 "$state/processes/$1")
    kill -s "$2" "$pid" 2>/dev/null || :
    for _ in $(seq 50); do
      running "$1" || break
      sleep 0.1
    done
    if running "$1"; then kill -s KILL "$pid" 2>/dev/null || :; fi
  fi
  rm -f "$state/processes/$1"
}
