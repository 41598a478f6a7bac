# Part of kernel.sh: what User Mode Linux and QEMU have in common, seen from the host.
#
# A job is a directory: cwd, umask, arguments, environment (NUL-separated lists) for kernel-init.sh in the guest, which answers
# with the files `started` and `code`. Output comes through serial lines, one per stream. Input goes through files (see deliver
# in kernel-init.sh): User Mode Linux loses the input of lines.

prepare() {
  job=$(mktemp -d "${TMPDIR:-/tmp}/kernel.XXXXXX") || die "cannot make a temporary directory"
  guest_pid= helpers=()
  trap clean EXIT
  pwd -P | head -c -1 >"$job/cwd"
  umask >"$job/umask"
  hostname >"$job/hostname" 2>/dev/null || echo kernel >"$job/hostname"
  cp "/proc/$$/environ" "$job/environment"
  printf '%s\0' "$@" >"$job/arguments"
  mkfifo "$job/out" "$job/err" "$job/alive"
}

clean() {
  trap '' TERM INT HUP USR1
  if [ -n "$guest_pid" ]; then kill -KILL -- "-$guest_pid"; fi 2>/dev/null
  for pid in ${helpers[@]+"${helpers[@]}"}; do kill "$pid"; done 2>/dev/null
  rm -rf "$job"
}

# stop SIGNAL-NUMBER: as if COMMAND had been killed by it.
stop() { exit $((128 + $1)); }

# relay FIFO: to standard output, until the guest closes it. A reader of ours that is gone ends the run, as SIGPIPE would.
relay() { cat "$1" || kill -USR1 $$; }

# feed: standard input in pieces as they come, the last one empty; never more than 16 ahead of the guest.
feed() {
  local piece=0 more=yes
  [ ! -t 0 ] || exec </dev/null
  while [ "$more" ]; do
    while [ -e "$job/input.$((piece - 16))" ]; do sleep 0.1; done
    dd bs=256k count=1 of="$job/input" 2>/dev/null
    [ -s "$job/input" ] || more=
    mv "$job/input" "$job/input.$((piece++))"
  done
}

# guest TMPDIR PROGRAM [ARGUMENT...]: runs the kernel, whose serial lines are the descriptors 3 (output) and 4 (error).
guest() {
  local tmp=$1 boot=${KERNEL_BOOT_SECONDS:-$boot_seconds} code
  shift
  trap 'stop 15' TERM; trap 'stop 2' INT; trap 'stop 1' HUP; trap 'stop 13' USR1
  { true <&0; } 2>/dev/null || exec </dev/null
  exec 9<>"$job/alive"
  relay "$job/out" 9>&- & helpers+=($!)
  local out=$!
  relay "$job/err" >&2 9>&- & helpers+=($!)
  local err=$!
  feed <&0 9>&- & helpers+=($!)
  # Its own session: a terminal's Ctrl-C is for us to handle.
  TMPDIR=$tmp setsid "$@" </dev/null 3>"$job/out" 4>"$job/err" >"$job/console" 2>&1 9>&- &
  guest_pid=$!
  setsid bash "$here/kernel-keep.sh" "$job" "$guest_pid" "$boot" </dev/null >/dev/null 2>&1 9>&- & helpers+=($!)
  wait "$guest_pid" 2>/dev/null
  code=$?
  wait "$out" "$err"
  if [ -s "$job/code" ]; then exit "$(cat "$job/code")"; fi
  [ -e "$job/late" ] && die "it did not boot in $boot seconds"
  say "the kernel died before the command ended (exit code $code). Its last words:"
  sed '/Kernel panic/q' "$job/console" | tail -n 15 | tr -d '\r' >&2
  exit 125
}
