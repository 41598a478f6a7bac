# Part of kernel.sh: the host's own kernel.
#
# A fresh network namespace has an empty IPVS table of its own; the process namespace ends what COMMAND leaves running, and the
# mount namespace forgets the named network namespaces it made. The files are the host's.
run_on() {
  say "the host's own, $(uname -r)"
  # Process 1 ignores signals it does not handle and has orphans to bury: that is this shell, not COMMAND.
  # shellcheck disable=SC2016
  exec unshare --net --mount --pid --fork --kill-child --mount-proc -- bash -c '
    mount -t sysfs sysfs /sys
    mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns
    ip link set lo up || exit 125
    mapfile -d "" environment <"$1"; shift
    env -i "${environment[@]}" setsid -- "$@" <&0 &
    trap "kill -TERM $!" TERM
    trap "kill -INT $!" INT
    while :; do wait $!; code=$?; kill -0 $! 2>/dev/null || exit $code; done' kernel "/proc/$$/environ" "$@"
}
