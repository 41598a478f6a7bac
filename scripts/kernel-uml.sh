# Part of kernel.sh: User Mode Linux, with the host's root file system as its own.

boot_seconds=120

# The memory is a file: on /dev/shm when that is large enough and may hold code, else in the directory of this run.
memory_directory() {
  local probe
  if probe=$(mktemp /dev/shm/kernel.XXXXXX 2>/dev/null); then
    printf '#!/bin/sh\n' >"$probe"; chmod +x "$probe"
    if "$probe" 2>/dev/null && [ "$(df --output=avail -B1 /dev/shm | tail -1)" -gt "$(numfmt --from=iec "$mem")" ]; then
      rm -f "$probe"; echo /dev/shm; return
    fi
    rm -f "$probe"
  fi
  echo "$job"
}

# The CPU to run on: of those that we may use, the one with the fewest processes of other kernels. The kernel and the programs in it
# take turns at every system call and page fault, and a turn costs three times as much when they are on different CPUs.
quiet_cpu() {
  local range busy
  busy=$(ps -C linux.uml -o psr=)
  for range in $(sed -n 's/^Cpus_allowed_list://p' /proc/self/status | tr , ' '); do
    seq "${range%-*}" "${range#*-}"
  done | while read -r cpu; do
    printf '%s %s\n' "$(grep -cw "$cpu" <<<"$busy")" "$cpu"
  done | sort -n -k1,1 -k2,2r | sed -n '1s/.* //p'
}

run_on() {
  local modules
  modules=/usr/lib/uml/modules/$(linux.uml --version)
  [ -e /lib/modules ] || mkdir -p /lib/modules 2>/dev/null || die "User Mode Linux needs a directory /lib/modules"
  [ -d "$modules" ] || die "User Mode Linux needs its modules in $modules"
  say "User Mode Linux $(linux.uml --version)"
  prepare "$@"
  printf '#!/bin/bash\nexec /bin/bash %q %q tty2 tty3 %q\n' "$here/kernel-init.sh" "$job" "$modules" >"$job/init"
  chmod +x "$job/init"
  guest "$(memory_directory)" taskset -c "${KERNEL_CPUS:-$(quiet_cpu)}" linux.uml "mem=$mem" rootfstype=hostfs root=/dev/root rootflags=/ rw \
    "init=$job/init" panic=-1 noreboot quiet "uml_dir=$job/uml/" \
    con=null con0=null,fd:1 con1=null con2=null,fd:3 con3=null,fd:4
}
