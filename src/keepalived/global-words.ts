import type { Daemon, Timeouts } from "../model/settings.js";
import { type Place, type Remarks, refuse } from "./remarks.js";
import type { Statement } from "./statements.js";
import { address, number, shown } from "./values.js";

/** What `global_defs` says of the table and its settings. */
export interface Globals {
  /** Without the state, which is that of the instance, or both where there is none. */
  daemon?: {
    readonly place: Place;
    readonly options: Omit<Daemon, "state" | "syncId">;
    syncId?: number;
    instance?: string;
  };
  /** 0 for what stays as it is. */
  timeouts?: { readonly place: Place; readonly values: Timeouts };
  /** Where groups are told to become marks of nftables. */
  marks?: Place;
}

type GlobalWord = (statement: Statement) => Globals;

const GLOBAL_WORDS: ReadonlyMap<string, GlobalWord> = new Map<string, GlobalWord>([
  ["lvs_sync_daemon", ({ place, args }) => ({ daemon: { place, ...daemon(args) } })],
  ["lvs_timeouts", ({ place, args }) => ({ timeouts: { place, values: timeouts(args) } })],
  ["nftables_ipvs", ({ place }) => ({ marks: place })],
]);

/** Reads a `global_defs` block; its other words say nothing of the table. */
export function readGlobals(statements: readonly Statement[], globals: Globals, remarks: Remarks): void {
  for (const statement of statements) {
    const { place, word } = statement;
    remarks.attempt(place, word, () => Object.assign(globals, GLOBAL_WORDS.get(word)?.(statement)));
  }
}

/** `KEY VALUE KEY VALUE…` by the keys. */
function pairs(words: readonly string[], keys: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const [key, value] = [words[at]!, words[at + 1]];
    if (!keys.includes(key)) return refuse(`has ${keys.join(", ")}, not ${shown(key)}`);
    if (value === undefined) return refuse(`${key} needs a value`);
    found.set(key, value);
  }
  return found;
}

const DAEMON_KEYS = ["inst", "id", "maxlen", "port", "ttl", "group"];

/** `INTERFACE [[inst] INSTANCE] [id N] [maxlen N] [port N] [ttl N] [group ADDRESS]` */
function daemon([name, ...words]: readonly string[]): Omit<NonNullable<Globals["daemon"]>, "place"> {
  if (name === undefined) return refuse("needs an interface");
  const hasInstance = words[0] !== undefined && !DAEMON_KEYS.includes(words[0]);
  const given = pairs(hasInstance ? ["inst", ...words] : words, DAEMON_KEYS);
  const read = <T>(key: string, reader: (text: string) => T) => (given.has(key) ? reader(given.get(key)!) : undefined);
  const syncId = read("id", (text) => number(text, 0, 255));
  const instance = given.get("inst");
  const options = {
    syncMaxLength: read("maxlen", (text) => number(text, 1, 65_507)),
    multicastPort: read("port", (text) => number(text, 1, 65_535)),
    multicastTtl: read("ttl", (text) => number(text, 1, 255)),
    multicastGroup: read("group", address),
  };
  const present = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    options: { interface: name, ...Object.fromEntries(present) },
    ...(syncId !== undefined && { syncId }),
    ...(instance !== undefined && { instance }),
  };
}

/** `[tcp N] [tcpfin N] [udp N]`, in seconds. */
function timeouts(words: readonly string[]): Timeouts {
  const given = pairs(words, ["tcp", "tcpfin", "udp"]);
  if (given.size === 0) return refuse("needs tcp, tcpfin or udp and seconds");
  const read = (key: string) => (given.has(key) ? number(given.get(key)!, 1, 2_678_400) : 0);
  return { tcp: read("tcp"), tcpFin: read("tcpfin"), udp: read("udp") };
}
