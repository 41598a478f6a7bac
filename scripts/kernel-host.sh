# Part of kernel.sh: the host's own kernel.
#
# A fresh network namespace has an empty IPVS table of its own; the process namespace ends what COMMAND leaves running, and the
# mount namespace forgets the named network namespaces it made. The files are the host's.
run_on() {
  say "the host's own, $(uname -r)"
  { true <&0; } 2>/dev/null || exec </dev/null
  trap 'end 15' TERM; trap 'end 2' INT; trap 'end 1' HUP
  # Process 1 ignores signals it does not handle and has orphans to bury: that is this shell, not COMMAND.
  # shellcheck disable=SC2016
  setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child --mount-proc -- bash -c '
    mount -t sysfs sysfs /sys && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && ip link set lo up || exit 125
    mapfile -d "" environment <&8
    env -i --default-signal=INT,QUIT "${environment[@]}" setsid -- "$@" <&0 8<&- &
    wait $!' kernel "$@" <&0 8<"/proc/$$/environ" &
  guest_pid=$!
  wait "$guest_pid"
  exit
}

end() { kill -KILL "$guest_pid"; exit $((128 + $1)); }
