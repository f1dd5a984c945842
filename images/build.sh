#!/bin/sh
# build.sh HOME OUT VERSION: makes container images of the distribution in HOME (cli/target/marrow) and writes them to
# OUT/marrow-images.tar, an archive that `docker load`, `ctr images import` and `podman load` read. No engine, no registry and no
# root needed. The images share their lower layers:
#   base     the C library and a busybox of this machine's distribution, accounts, an empty /tmp
#   tools    nft, ip, iptables and what they need (only in node-agent)
#   runtime  the linked Java runtime          lib  all jars          program  arguments and start-up cache of one program
# Beside the archive lies one SBOM per image (CycloneDX).
set -eu

home=$(cd "$1" && pwd) version=$3
mkdir -p "$2"
out=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
hub=${MARROW_HUB:-localhost/marrow}
work=$(mktemp -d "$out/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT
epoch=1793491200 # one fixed time in what is not timed by its content
mkdir -p "$work/archive"

fail() {
  echo "images: $*" >&2
  exit 1
}

# --- trees --------------------------------------------------------------------------------------------------------

# place ROOT FILE...: copies files to where they are here, links resolved, and notes the packages they come from.
place() {
  root=$1
  shift
  for file in "$@"; do
    [ -e "$root$file" ] && continue
    mkdir -p "$root$(dirname "$file")"
    cp -L --preserve=mode,timestamps "$file" "$root$file"
    dpkg -S "$(readlink -f "$file")" 2>/dev/null | head -n 1 | cut -d: -f1 >>"$root.packages" || :
  done
}

# libraries FILE...: what the dynamic linker would load for them.
libraries() {
  for file in "$@"; do ldd "$file" 2>/dev/null || :; done | sed -n 's:.*[[:space:]]\(/[^ ]*\) (.*:\1:p' | grep -v "^$home/" | sort -u
}

merged_usr() { # ROOT: /bin, /lib and so on are links, as in the distribution the files come from
  mkdir -p "$1/usr/bin" "$1/usr/sbin" "$1/usr/lib" "$1/usr/lib64"
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$1/$name"; done
}

base() {
  root=$work/base
  merged_usr "$root"
  # shellcheck disable=SC2046 # a list of paths
  place "$root" $(libraries "$home/runtime/bin/java" "$home"/runtime/lib/server/libjvm.so "$home/runtime/lib/libnet.so" "$home/runtime/lib/libnio.so")
  for name in libnss_files.so.2 libnss_dns.so.2 libresolv.so.2 libpthread.so.0 libdl.so.2 librt.so.1 libm.so.6; do
    found=$(ldconfig -p | sed -n "s:.*$name (libc6,x86-64.*=> ::p;s:.*$name (libc6,AArch64.*=> ::p" | head -n 1)
    [ -z "$found" ] || place "$root" "$found"
  done
  mkdir -p "$root/etc" "$root/tmp" "$root/opt/marrow" "$root/run" "$root/proc" "$root/sys" "$root/dev" "$root/var/run"
  chmod 1777 "$root/tmp"
  printf 'root:x:0:0::/:/bin/sh\nmarrow:x:1337:1337::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\nmarrow:x:1337:\nnobody:x:65534:\n' >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  cp "$busybox" "$root/usr/bin/busybox"
  dpkg -S "$busybox" 2>/dev/null | head -n 1 | cut -d: -f1 >>"$root.packages" || echo busybox-static >>"$root.packages"
  # Enough to start `marrow run PROGRAM` and to look around; there is no package tool and no network client but wget.
  for name in sh cat ls readlink dirname env sleep wget grep ps; do ln -s busybox "$root/usr/bin/$name"; done
}

tools() {
  root=$work/tools
  mkdir -p "$root/usr/sbin" "$root/usr/bin"
  for tool in nft ip iptables-nft iptables-legacy; do
    found=$(PATH=$PATH:/usr/sbin:/sbin command -v "$tool") || fail "$tool: not found (expected: packages nftables, iproute2 and iptables)"
    real=$(readlink -f "$found")
    place "$root" "$real"
    # shellcheck disable=SC2046
    place "$root" $(libraries "$real")
  done
  [ -e "$root/usr/sbin/ip" ] || ln -s "$(readlink -f "$(PATH=$PATH:/usr/sbin command -v ip)")" "$root/usr/sbin/ip"
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -s xtables-nft-multi "$root/usr/sbin/$name"
  done
  plugins=$(dirname "$(find /usr/lib -name libxt_MARK.so -o -name libxt_mark.so | head -n 1)")
  mkdir -p "$root$plugins"
  cp -L "$plugins"/*.so "$root$plugins/"
  # Of what the base has already, nothing again; /bin and /lib are links there and must stay so.
  for dir in bin sbin lib lib64; do
    if [ -d "$root/$dir" ]; then mkdir -p "$root/usr/$dir" && cp -a "$root/$dir/." "$root/usr/$dir/" && rm -rf "${root:?}/$dir"; fi
  done
  (cd "$root" && find . -type f) | while IFS= read -r file; do if [ -e "$work/base/$file" ]; then rm -f "$root/$file"; fi; done
  # The chained CNI plugin and the shell that runs it: the agent puts both on the node.
  mkdir -p "$root/opt/marrow/cni"
  cp "$here/cni/marrow-cni" "$root/opt/marrow/cni/marrow-cni"
  cp "$busybox" "$root/opt/marrow/cni/busybox"
}

runtime() {
  mkdir -p "$work/runtime/opt/marrow"
  cp -a "$home/runtime" "$work/runtime/opt/marrow/runtime"
  # Programs bring an archive of their own.
  rm -f "$work"/runtime/opt/marrow/runtime/lib/server/*.jsa
}

lib() {
  mkdir -p "$work/lib/opt/marrow" "$work/lib/usr/bin"
  cp -a "$home/lib" "$work/lib/opt/marrow/lib"
  # Helm is for the command line, which is in no image.
  rm -f "$work"/lib/opt/marrow/lib/helm-java-* "$work"/lib/opt/marrow/lib/lib-api-* "$work"/lib/opt/marrow/lib/jna-* "$work"/lib/opt/marrow/lib/linux-a*64-*
  cp -a "$home/bin" "$work/lib/opt/marrow/bin"
  ln -s ../../opt/marrow/bin/marrow "$work/lib/usr/bin/marrow"
  # Unpacked at start they want a /tmp that code may be run from, which an engine's tmpfs is not.
  cp -a "$home/native" "$work/lib/opt/marrow/native"
}

# program NAME: its arguments with the paths of the image, and its start-up cache, which knows its jars by their times.
program() {
  root=$work/program-$1/opt/marrow
  mkdir -p "$root"
  sed "s#$home#/opt/marrow#g" "$home/$1.argfile" >"$root/$1.argfile"
  if [ -s "$home/$1.aot" ]; then cp -a "$home/$1.aot" "$root/$1.aot"; fi
}

# --- archive ------------------------------------------------------------------------------------------------------

# layer NAME: packs a tree; the name in the archive is the digest, so equal layers are one file.
layer() {
  # Times stay: a start-up cache accepts its jars only with theirs.
  tar --sort=name --owner=0 --group=0 --numeric-owner --clamp-mtime --mtime=@4102444800 -C "$work/$1" -cf "$work/$1.tar" .
  digest=$(sha256sum "$work/$1.tar" | cut -d' ' -f1)
  mv "$work/$1.tar" "$work/archive/$digest.tar"
  echo "$digest" >"$work/$1.digest"
  rm -rf "${work:?}/$1"
}

manifest='' image_count=0

# image NAME USER ENTRYPOINT-JSON LAYER...
image() {
  name=$1 user=$2 entry=$3
  shift 3
  diffs='' layers='' packages=''
  for each in "$@"; do
    digest=$(cat "$work/$each.digest")
    diffs="$diffs${diffs:+,}\"sha256:$digest\""
    layers="$layers${layers:+,}\"$digest.tar\""
    packages="$packages $work/$each.packages"
  done
  created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
  labels="\"org.opencontainers.image.title\":\"marrow $name\",\"org.opencontainers.image.version\":\"$version\",\"org.opencontainers.image.licenses\":\"Apache-2.0\""
  config="{\"architecture\":\"$architecture\",\"os\":\"linux\",\"created\":\"$created\",\"config\":{\"User\":\"$user\",\"Entrypoint\":$entry,\"WorkingDir\":\"/\",\"Env\":[\"PATH=/usr/bin:/usr/sbin\",\"LANG=C.UTF-8\"],\"Labels\":{$labels}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$diffs]}}"
  printf '%s' "$config" >"$work/config"
  digest=$(sha256sum "$work/config" | cut -d' ' -f1)
  mv "$work/config" "$work/archive/$digest.json"
  manifest="$manifest${manifest:+,}{\"Config\":\"$digest.json\",\"RepoTags\":[\"$hub/$name:$version\"],\"Layers\":[$layers]}"
  image_count=$((image_count + 1))
  # shellcheck disable=SC2086 # a list of files
  sbom $packages >"$out/$name.sbom.json"
}

# sbom FILE...: the jars as Maven knows them, and the packages that FILEs name.
sbom() {
  debian=$(cat "$@" 2>/dev/null | sort -u | while IFS= read -r package; do
    number=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null || echo unknown)
    printf '{"type":"library","name":"%s","version":"%s","purl":"pkg:deb/debian/%s@%s"},' "$package" "$number" "$package" "$number"
  done)
  if [ -s "$home/sbom.json" ]; then
    sed "s|\"components\" : \[|&$debian|;t" "$home/sbom.json"
  else
    jars=$(for jar in "$home"/lib/*.jar; do printf '{"type":"library","name":"%s"},' "$(basename "$jar" .jar)"; done)
    printf '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[%s%s]}\n' "$debian" "${jars%,}"
  fi
}

# --- main ---------------------------------------------------------------------------------------------------------

case $(uname -m) in
  x86_64) architecture=amd64 ;;
  aarch64) architecture=arm64 ;;
  *) fail "$(uname -m): not a processor we make images for (expected: x86_64 or aarch64)" ;;
esac
busybox=${MARROW_BUSYBOX:-$(command -v busybox || :)}
[ -n "$busybox" ] && [ -x "$busybox" ] || fail "busybox: not found (expected: package busybox-static, or MARROW_BUSYBOX)"
if ldd "$busybox" >/dev/null 2>&1; then fail "$busybox: needs libraries (expected: a static one, package busybox-static)"; fi

base && tools && runtime && lib
for name in control-plane ztunnel node-agent waypoint shop; do program "$name"; done
for name in base tools runtime lib program-control-plane program-ztunnel program-node-agent program-waypoint program-shop; do
  layer "$name"
done

java='"/opt/marrow/runtime/bin/java"'
image control-plane 1337:1337 "[$java,\"@/opt/marrow/control-plane.argfile\"]" base runtime lib program-control-plane
image ztunnel 0:1337 "[$java,\"@/opt/marrow/ztunnel.argfile\"]" base runtime lib program-ztunnel
image node-agent 0:0 "[$java,\"@/opt/marrow/node-agent.argfile\"]" base tools runtime lib program-node-agent
image waypoint 1337:1337 "[$java,\"@/opt/marrow/waypoint.argfile\"]" base runtime lib program-waypoint
image shop 1337:1337 "[$java,\"@/opt/marrow/shop.argfile\"]" base runtime lib program-shop

printf '[%s]' "$manifest" >"$work/archive/manifest.json"
tar --sort=name --owner=0 --group=0 --mtime="@$epoch" -C "$work/archive" -cf "$out/marrow-images.tar.next" manifest.json $(cd "$work/archive" && ls | grep -v '^manifest.json$')
mv "$out/marrow-images.tar.next" "$out/marrow-images.tar"
echo "$out/marrow-images.tar: $image_count images, $(du -h "$out/marrow-images.tar" | cut -f1), names $hub/*:$version" >&2
