import type { Daemon, Timeouts } from "../model/settings.js";

/** `ipvsadm -L --timeout`. */
export function renderTimeouts({ tcp, tcpFin, udp }: Timeouts): string {
  return `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`;
}

/** `ipvsadm -L --daemon`: a line for each daemon, nothing when none runs. What the kernel did not report is left out. */
export function renderDaemons(daemons: readonly Daemon[]): string {
  return daemons.map((daemon) => `${daemonText(daemon)}\n`).join("");
}

function daemonText(daemon: Daemon): string {
  const facts: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ["mcast", daemon.interface],
    ["syncid", daemon.syncId],
    ["maxlen", daemon.syncMaxLength],
    ["group", daemon.multicastGroup],
    ["port", daemon.multicastPort],
    ["ttl", daemon.multicastTtl],
  ];
  const known = facts.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`);
  return `${daemon.state} sync daemon (${known.join(", ")})`;
}
