#!/bin/bash
# Runs a command as root on a real kernel with IPVS.
#
#   scripts/kernel.sh [--host|--uml|--qemu] [--] COMMAND [ARGUMENT...]
#
# Without a flag it takes the host's own kernel, in a fresh network namespace, when that has IPVS and we are root; else User
# Mode Linux, a whole kernel as an ordinary process. --qemu, never taken by itself, is Debian's production kernel in a virtual
# machine: slow, but slow evenly, so good for a second opinion on a benchmark. Missing Debian packages are installed when we may.
#
# COMMAND gets this directory, environment, umask and its arguments byte for byte, and the host's files, writable (--qemu: what
# it writes is gone afterwards). Its standard output, standard error and exit code are ours, the streams are pipes and come as
# they are written. Standard input is passed on from a file or pipe (and read even if COMMAND does not, as ssh does: use
# </dev/null inside loops), not from a terminal. What COMMAND leaves running ends with it.
#
#   KERNEL_MEM           memory of the kernel: 2048M. Default: a quarter of the host's, at least 1536M, at most 4096M
#   KERNEL_CPUS          the CPUs that User Mode Linux may use: 0-3. Default: one, which is much faster than several
#   KERNEL_BOOT_SECONDS  how long it may take to boot: 120 (--qemu: 600)
#
# Exit code: COMMAND's, or 125 when there is no kernel to run it on or the kernel died.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 125
PATH=$PATH:/usr/sbin:/sbin # of this script only: COMMAND gets the environment that we were started with

say() { printf 'kernel: %s\n' "$*" >&2; }
die() { say "$@"; exit 125; }

# What each kernel needs to run at all, and what the work on it needs: "program package", one a line.
readonly for_uml='linux.uml user-mode-linux
ps procps
taskset util-linux
modprobe kmod
ip iproute2
busybox busybox-static'
readonly for_qemu='qemu-system-x86_64 qemu-system-x86
modprobe kmod
ip iproute2
busybox busybox-static'
readonly for_host='unshare util-linux
ip iproute2'
readonly for_work='iptables-legacy iptables
ipvsadm ipvsadm
busybox busybox-static
curl curl
ping iputils-ping
socat socat
sysctl procps
tcpdump tcpdump
conntrack conntrack
keepalived keepalived
sshd openssh-server
modprobe kmod
zsh zsh
fish fish
man man-db
mandoc mandoc
tmux tmux
/usr/lib/python3/dist-packages/prometheus_client python3-prometheus-client'

# missing TABLE: the packages of TABLE whose programs (or folders, by their paths) are not here.
missing() { while read -r program package; do command -v "$program" >/dev/null || [ -d "$program" ] || printf '%s ' "$package"; done <<<"$1"; }

# install PACKAGE...: with Debian's apt-get, if this is such a system and we are root. The tests want the programs of packages, not
# their services, so these neither start (policy-rc.d forbids it) nor do so at the next boot.
install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  say "installing $*"
  local policy=/usr/sbin/policy-rc.d status
  [ -e "$policy" ] && policy= || install_policy "$policy"
  install_packages "$@"
  status=$?
  [ -z "$policy" ] || rm -f "$policy"
  for package in "$@"; do
    case $package in
      openssh-server) systemctl -q disable ssh ;;
      keepalived) systemctl -q disable keepalived ;;
    esac
  done 2>/dev/null
  return $status
}

install_policy() { printf '#!/bin/sh\nexit 101\n' >"$1" && chmod 755 "$1"; }

install_packages() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
  { "${apt[@]}" install --no-install-recommends "$@" ||
    { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"; }; } </dev/null >&2
}

# provide TABLE: true when all of it is here in the end.
provide() {
  local packages
  packages=$(missing "$1$(printf '\n%s' "$for_work")")
  # shellcheck disable=SC2086
  [ -z "$packages" ] || install $packages || say "not installed: $packages(as root on Debian: apt-get install $packages)"
  [ -z "$(missing "$1")" ]
}

# Network namespaces are what IPVS tables live in; /proc/net/ip_vs is there when the kernel has IPVS.
host_has_ipvs() {
  [ "$(id -u)" = 0 ] || return 1
  unshare --net test -e /proc/net/ip_vs 2>/dev/null && return
  modprobe -q ip_vs 2>/dev/null && unshare --net test -e /proc/net/ip_vs 2>/dev/null
}

memory() {
  local quarter
  quarter=$(awk '$1 == "MemTotal:" { print int($2 / 4096) }' /proc/meminfo)
  echo "$((quarter < 1536 ? 1536 : quarter > 4096 ? 4096 : quarter))M"
}

kernel=
case ${1-} in --host | --uml | --qemu) kernel=${1#--}; shift ;; esac
[ "${1-}" = -- ] && shift
if [ $# = 0 ]; then
  echo "usage: $0 [--host|--uml|--qemu] [--] COMMAND [ARGUMENT...]" >&2
  exit 125
fi
mem=${KERNEL_MEM:-$(memory)}
[[ $mem =~ ^[0-9]+[MG]$ ]] || die "KERNEL_MEM: not a size like 2048M: $mem"

if [ -z "$kernel" ]; then host_has_ipvs && kernel=host || kernel=uml; fi

case $kernel in
  host)
    provide "$for_host" || die "the host's own kernel needs the packages $(missing "$for_host")"
    host_has_ipvs || die "the host's own kernel, $(uname -r), cannot do it: it has no IPVS, or we are not root"
    . "$here/kernel-host.sh" ;;
  uml)
    provide "$for_uml" || die "User Mode Linux needs the packages $(missing "$for_uml")"
    . "$here/kernel-guest.sh"; . "$here/kernel-uml.sh" ;;
  qemu)
    provide "$for_qemu" || die "QEMU needs the packages $(missing "$for_qemu")"
    . "$here/kernel-guest.sh"; . "$here/kernel-qemu.sh" ;;
esac
run_on "$@"
