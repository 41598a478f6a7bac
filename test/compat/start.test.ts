import { readFileSync } from "node:fs";
import { compareReading, useWorld } from "./harness/scenario.js";
import { differs, type Step, shell } from "./harness/steps.js";

useWorld();

/** Modules are taken away only from a kernel that is ours alone. */
const ownKernel = readFileSync("/proc/cpuinfo", "utf8").includes("User Mode Linux");

/**
 * Runs a snippet in a kernel without IPVS that cannot load it by itself, where /sbin/modprobe is the bash script `modprobe`.
 * The real one is /run/real/modprobe meanwhile.
 */
const without = (modprobe: string, snippet: string): Step =>
  shell(
    `set -e
     mkdir /run/real
     cp "$(readlink -f /sbin/modprobe)" /run/real/modprobe
     cat >/run/real/script
     chmod +x /run/real/script
     until [ ! -e /sys/module/ip_vs ]; do
       for module in $(ls /sys/module | grep ^ip_vs_) ip_vs; do rmmod "$module" 2>/dev/null || true; done
     done
     before=$(cat /proc/sys/kernel/modprobe)
     echo /bin/false >/proc/sys/kernel/modprobe
     status=0
     unshare --mount bash -c 'mount --bind /run/real/script "$(readlink -f /sbin/modprobe)"; ${snippet}' || status=$?
     echo "$before" >/proc/sys/kernel/modprobe
     modprobe ip_vs
     rm -r /run/real
     exit $status`,
    `#!/bin/bash\n${modprobe}\n`,
  );

const fails = 'echo "modprobe: $*" >&2; exit 1';
const loads = 'echo "modprobe: $*" >&2; exec /run/real/modprobe "$@"';

compareReading("help and version end at once", {
  steps: [
    differs("help", shell("ipvsadm --help extra"), { stdout: /--add-service/ }),
    differs("version", shell("ipvsadm -v"), { stdout: /^ipvsadm v1\.31 / }),
  ],
});

if (ownKernel) {
  compareReading("no IPVS, modprobe fails", {
    steps: [
      without(fails, "ipvsadm -Ln; echo $?; ipvsadm --bogus; echo $?; ipvsadm-save -n; echo $?; ipvsadm -R </dev/null"),
    ],
  });

  compareReading("no IPVS, modprobe succeeds", { steps: [without(loads, "ipvsadm -A -f 1; ipvsadm -Ln; ipvsadm -C")] });

  compareReading("no IPVS, help and version do not care", {
    steps: [
      differs("no-privilege-needed", without(fails, "ipvsadm -v && ipvsadm -h"), {
        stdout: /^ipvsadm v1\.31 .*--add-service/s,
        stderr: "",
        status: 0,
      }),
    ],
  });
}
