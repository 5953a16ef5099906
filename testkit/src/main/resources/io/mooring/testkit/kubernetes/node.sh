#!/bin/bash
# The first process in the PID, mount and cgroup namespaces of a node under test: when it ends, the kernel ends all that
# the node ever started, and with the namespaces go all mounts. Nothing machine-wide is changed but a bridge, and cgroups
# below our own one, which LocalNode removes.
# Arguments: directory of the node's files, name of its cgroup, kubelet, busybox.
set -euo pipefail
directory=$1 group=$2 kubelet=$3 busybox=$4
socket=$directory/containerd.sock

# Where containerd, CNI and kubelet leave things behind, an empty room that goes with us.
mkdir -p /var/lib/cni
for place in /run /var/log /var/lib/cni; do mount -t tmpfs tmpfs "$place"; done

# Our own view of the cgroup hierarchies: their root is the cgroup we were started in.
controllers=$(awk -F: '$2 != "" && $2 !~ /^name=/ { print $2 }' /proc/self/cgroup)
umount -R /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
for controller in $controllers; do
  mkdir "/sys/fs/cgroup/$controller"
  mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller"
  mkdir -p "/sys/fs/cgroup/$controller/$group"
done
mkdir /sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
mkdir -p "/sys/fs/cgroup/systemd/$group"
# A new cpuset is empty, and nothing can run in it.
for file in cpuset.cpus cpuset.mems; do
  [ ! -e "/sys/fs/cgroup/cpuset/$file" ] || cat "/sys/fs/cgroup/cpuset/$file" > "/sys/fs/cgroup/cpuset/$group/$file"
done

# kubelet and the bridge plugin set these for the whole machine unless they already see the values they want.
for setting in net/ipv4/ip_forward=1 vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  file=/proc/sys/${setting%=*} value=${setting#*=}
  if [ "$(cat "$file")" != "$value" ]; then
    shown=$directory/sysctl-${setting%%=*}
    mkdir -p "${shown%/*}"
    echo "$value" > "$shown"
    mount --bind "$shown" "$file"
  fi
done

containerd --config "$directory/containerd.toml" > "$directory/containerd.log" 2>&1 &
for _ in $(seq 200); do
  if ctr -a "$socket" version > /dev/null 2>&1; then break; fi
  read -rt 0.05 <> <(:) || :
done

# The only image: a static busybox, which is the pause container too.
image=$directory/image
mkdir -p "$image"/fs/{bin,tmp,etc,root}
chmod 1777 "$image/fs/tmp"
cp "$busybox" "$image/fs/bin/busybox"
for applet in $("$busybox" --list); do
  [ "$applet" = busybox ] || ln -sf busybox "$image/fs/bin/$applet"
done
echo 'root:x:0:0:root:/root:/bin/sh' > "$image/fs/etc/passwd"
echo 'root:x:0:' > "$image/fs/etc/group"
tar --owner=0 --group=0 --numeric-owner --mtime=@0 --sort=name -C "$image/fs" -cf "$image/layer.tar" .
printf '{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":["/bin/sleep","2147483647"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"1970-01-01T00:00:00Z"}]}' \
  "$(sha256sum < "$image/layer.tar" | cut -d' ' -f1)" > "$image/config.json"
echo '[{"Config":"config.json","RepoTags":["docker.io/local/busybox:1"],"Layers":["layer.tar"]}]' > "$image/manifest.json"
tar -C "$image" -cf "$image/image.tar" manifest.json config.json layer.tar
ctr -a "$socket" -n k8s.io images import "$image/image.tar"

# An empty environment: nothing of the machine's may lead kubelet to a cloud.
env -i PATH="$PATH" HOME=/nonexistent "$kubelet" --config "$directory/kubelet.yaml" \
  --kubeconfig "$directory/kubeconfig.node" --hostname-override localhost --root-dir "$directory/kubelet" \
  --cert-dir "$directory/certificates" --container-runtime remote --container-runtime-endpoint "unix://$socket" \
  --pod-infra-container-image docker.io/local/busybox:1 > "$directory/kubelet.log" 2>&1 &

# Either ending ends the node.
code=0
wait -n || code=$?
echo "a part of the node ended with exit code $code:"
grep -hE '^[EF]|level=(error|fatal)' "$directory/kubelet.log" "$directory/containerd.log" | tail -n 5
exit 1
