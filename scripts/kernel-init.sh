#!/bin/bash
# Part of kernel.sh: process 1 of the guest. kernel-init.sh JOB OUTPUT ERROR MODULES: the job's directory,
# two serial lines, and where the kernel's modules are.
job=$1 out=/dev/$2 err=/dev/$3 modules=$4
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C

mounted() { while read -r _ at _; do [ "$at" = "$1" ] && return; done </proc/mounts; return 1; }
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/netns
mounted /dev || mount -t devtmpfs devtmpfs /dev
ln -sf /proc/self/fd /dev/fd
ln -sf fd/0 /dev/stdin; ln -sf fd/1 /dev/stdout; ln -sf fd/2 /dev/stderr
mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mkdir -p /lib/modules
mount -t tmpfs tmpfs /lib/modules
mkdir "/lib/modules/$(uname -r)"
mount --bind "$modules" "/lib/modules/$(uname -r)"
cat "$job/hostname" >/proc/sys/kernel/hostname
ip link set lo up
modprobe ip_vs || echo "no module ip_vs"

# deliver: standard input, whose pieces the host writes as input.0, input.1 and so on; an empty one ends it. Taking a piece away
# tells the host to go on.
deliver() {
  local piece=0 done= pieces
  mkfifo /run/never
  until [ "$done" ]; do
    pieces=()
    while [ ! "$done" ] && [ -e "$job/input.$piece" ]; do
      [ -s "$job/input.$piece" ] || done=yes
      pieces+=("$job/input.$((piece++))")
    done
    if [ ${#pieces[@]} = 0 ]; then read -r -t 0.05 <>/run/never; continue; fi
    cat "${pieces[@]}" || exit
    rm "${pieces[@]}"
  done
}

# Raw terminals carry every byte as it is; the ports of QEMU do anyway.
for line in "$out" "$err"; do [ "${line#/dev/tty}" = "$line" ] || stty -F "$line" raw -echo; done
mapfile -d '' environment <"$job/environment"
mapfile -d '' arguments <"$job/arguments"
mkfifo /run/out /run/err
cat </run/out >"$out" & relays=$!
cat </run/err >"$err" & relays+=" $!"
umask "$(cat "$job/umask")"
cd "$(cat "$job/cwd")" || exit
: >"$job/started"
sync
# setsid, and not exec or env alone: a command with `=` in its name stays a command, and it leads its own session.
deliver | { exec env -i --default-signal=INT,QUIT "${environment[@]}" setsid -- "${arguments[@]}"; } >/run/out 2>/run/err &
command=$!
wait "$command"
code=$?
printf '%s\n' "$code" >"$job/code.new" && mv "$job/code.new" "$job/code"

# What the command left behind would hold its output open for ever.
for process in /proc/[1-9]*; do
  pid=${process#/proc/}
  case " 1 $relays " in *" $pid "*) ;; *) kill -KILL "$pid" 2>/dev/null ;; esac
done
# shellcheck disable=SC2086
wait $relays
# Changing a terminal waits for its output to leave.
for line in "$out" "$err"; do [ "${line#/dev/tty}" = "$line" ] || stty -F "$line" raw; done
sync
busybox poweroff -f
