import { familyOf } from "../../model/address.js";
import { own } from "../../model/own.js";
import type { Daemon, DaemonState } from "../../model/settings.js";
import { OTHER, type Pair, WHERE, type Where } from "./pair.js";
import type { SyncInterface } from "./side.js";

/** Messages from the master of one director to the backup of the other. */
export interface Flow {
  readonly from: Where;
  readonly to: Where;
  readonly master: Daemon;
  readonly backup: Daemon;
}

export function daemonOf(pair: Pair, where: Where, state: DaemonState): Daemon | undefined {
  return pair[where].daemons?.find((daemon) => daemon.state === state);
}

/** One for each direction that has a master to send and a backup to listen. */
export function flowsOf(pair: Pair): Flow[] {
  return WHERE.flatMap((from) => {
    const to = OTHER[from];
    const [master, backup] = [daemonOf(pair, from, "master"), daemonOf(pair, to, "backup")];
    return master === undefined || backup === undefined ? [] : [{ from, to, master, backup }];
  });
}

/** What is known of a daemon's interface; absent: nothing, or that it does not exist. */
export function interfaceOf(pair: Pair, where: Where, daemon: Daemon): SyncInterface | undefined {
  return pair[where].syncInterfaces?.find(({ name }) => name === daemon.interface);
}

/** IP and UDP headers around a sync message, in bytes. */
export function headersOf({ multicastGroup = "" }: Daemon): number {
  return familyOf(multicastGroup) === "ipv6" ? 48 : 28;
}

/** The settings of the kernel where a daemon's are not told, as by kernels before 4.3, which have no others. */
const USUAL = { multicastGroup: "224.0.0.81", multicastPort: 8848, multicastTtl: 1 } as const;

/** A daemon without what the kernel would choose anyway: shorter to type. */
export function brief(daemon: Daemon): Daemon {
  const settings = Object.entries(daemon).filter(([name, value]) => own<unknown>(USUAL, name) !== value);
  return Object.fromEntries(settings) as unknown as Daemon;
}

/** A daemon with nothing left out but its length. */
export function filled(daemon: Daemon): Daemon & Required<Pick<Daemon, keyof typeof USUAL>> {
  return { ...USUAL, ...daemon };
}
