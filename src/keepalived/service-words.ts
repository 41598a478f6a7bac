import type { Address, Family } from "../model/address.js";
import { SCHEDULER_FLAGS } from "../model/scheduler-flags.js";
import type { Protocol } from "../model/service.js";
import { type Place, refuse } from "./remarks.js";
import { type ServerDraft, serverDraft } from "./server-words.js";
import type { Statement } from "./statements.js";
import { address, choice, LARGEST_WEIGHT, type Method, method, number, port, shown } from "./values.js";
import { ignored, type Word, type Words } from "./words.js";

/** What a `virtual_server` stands for. */
export type Target =
  | { readonly address: Address; readonly port?: number }
  | { readonly fwmark: number }
  | { readonly group: string };

/** A `virtual_server` as it is written. Absent fields are what keepalived has. */
export interface ServiceDraft {
  readonly place: Place;
  readonly target: Target;
  scheduler?: string;
  /** Bits for the scheduler, `IP_VS_SVC_F_SCHED*`. */
  schedulerFlags: number;
  onePacket: boolean;
  method?: Method;
  engine?: string;
  timeout?: number;
  granularity?: string;
  protocol?: Protocol;
  /** Of the servers that have none of their own. */
  weight?: number;
  family?: Family;
  sorry?: ServerDraft;
  sorryMethod?: Method;
  /** The sorry server stands in the table with weight 0 instead of not at all. */
  sorryInhibited: boolean;
  inhibited: boolean;
  /** The real servers and their blocks, which are read when all of the service is known. */
  readonly servers: { readonly draft: ServerDraft; readonly block: readonly Statement[] }[];
}

/** `ADDRESS [PORT]`, `fwmark N` or `group NAME`. Throws Mistake. */
export function serviceDraft(place: Place, args: readonly string[]): ServiceDraft {
  const values = { schedulerFlags: 0, onePacket: false, sorryInhibited: false, inhibited: false };
  return { place, target: targetOf(args), ...values, servers: [] };
}

function targetOf([first = "", second, ...more]: readonly string[]): Target {
  if (more.length > 0) return refuse(`has too many words on its line: ${more.join(" ")}`);
  if (first === "") return refuse("needs an address and a port, fwmark and a number, or group and a name");
  if (first === "fwmark") return { fwmark: number(second ?? "", 1, 0xffffffff) };
  if (first === "group") return second === undefined ? refuse("group needs a name") : { group: second };
  const given = port(second);
  return { address: address(first), ...(given !== undefined && { port: given }) };
}

const SCHEDULERS = "rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq twos".split(" ");
const SCHEDULER_CHOICES = new Map(SCHEDULERS.map((name) => [name, name]));

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ["TCP", "tcp"],
  ["UDP", "udp"],
  ["SCTP", "sctp"],
]);

const FAMILIES: ReadonlyMap<string, Family> = new Map<string, Family>([
  ["inet", "ipv4"],
  ["inet6", "ipv6"],
]);

/** `inet` or `inet6`. Throws Mistake. */
export const family = (text: string): Family => choice(text, FAMILIES);

/** 31 days in seconds. */
const LONGEST_PERSISTENCE = 2_678_400;
/** What persistence has when nothing is said of its time. */
export const DEFAULT_PERSISTENCE = 360;

type ServiceWord = Word<ServiceDraft>;

const scheduler: ServiceWord = {
  args: [1, 1],
  read: (_draft, [name]) => ({ scheduler: choice(name!, SCHEDULER_CHOICES) }),
};

const serviceMethod: ServiceWord = { args: [1, 7], read: (_draft, args) => ({ method: method(args) }) };

/** The words of a `virtual_server` block. */
export const SERVICE_WORDS: Words<ServiceDraft> = new Map<string, ServiceWord>([
  ...ignored<ServiceDraft>(
    "alpha connect_timeout delay_before_retry delay_loop ha_suspend hashed hysteresis lvs_id nat_mask omega quorum quorum_down " +
      "quorum_up retry smtp_alert snmp_name virtualhost warmup",
  ),
  ["lb_algo", scheduler],
  ["lvs_sched", scheduler],
  ["lb_kind", serviceMethod],
  ["lvs_method", serviceMethod],
  ...SCHEDULER_FLAGS.map(({ name, bit, scheduler: only }): [string, ServiceWord] => [
    name,
    {
      args: [0, 0],
      read: (draft, _args, _statement, warn) => {
        if (only === undefined || draft.scheduler === only) return { schedulerFlags: draft.schedulerFlags | bit };
        warn(`${name} counts only behind the line that says the scheduler is ${only}: keepalived ignores it`);
        return {};
      },
    },
  ]),
  ["ops", { args: [0, 0], read: () => ({ onePacket: true }) }],
  ["persistence_engine", { args: [1, 1], read: (_draft, [name]) => ({ engine: engine(name!) }) }],
  [
    "persistence_timeout",
    {
      args: [0, 1],
      read: (_draft, [text]) => ({
        timeout: text === undefined ? DEFAULT_PERSISTENCE : number(text, 1, LONGEST_PERSISTENCE),
      }),
    },
  ],
  ["persistence_granularity", { args: [1, 1], read: (_draft, [mask]) => ({ granularity: mask! }) }],
  ["protocol", { args: [1, 1], read: (_draft, [name]) => ({ protocol: choice(name!, PROTOCOLS, true) }) }],
  ["weight", { args: [1, 1], read: (_draft, [text]) => ({ weight: number(text!, 1, LARGEST_WEIGHT) }) }],
  ["ip_family", { args: [1, 1], read: (_draft, [name]) => ({ family: family(name!) }) }],
  ["inhibit_on_failure", { args: [0, 1], read: () => ({ inhibited: true }) }],
  [
    "sorry_server",
    {
      args: [1, 2],
      read: (draft, args, { place }) =>
        draft.sorry === undefined ? { sorry: serverDraft(place, args) } : refuse("there is one already"),
    },
  ],
  [
    "sorry_server_inhibit",
    {
      args: [0, 0],
      read: (draft, _args, _statement, warn) => {
        if (draft.sorry !== undefined) return { sorryInhibited: true };
        warn("sorry_server_inhibit stands before sorry_server: keepalived ignores it");
        return {};
      },
    },
  ],
  ["sorry_server_lvs_method", { args: [1, 7], read: (_draft, args) => ({ sorryMethod: method(args) }) }],
  [
    "real_server",
    {
      args: [1, 2],
      block: true,
      read: (draft, args, { place, block }) => {
        draft.servers.push({ draft: serverDraft(place, args), block: block! });
        return {};
      },
    },
  ],
]);

function engine(name: string): string {
  return name === "sip" ? name : refuse(`the kernel has one persistence engine, sip, not ${shown(name)}`);
}
