import { type DestinationKey, destinationId } from "../../../model/destination.js";
import { type Service, serviceId, serviceKey } from "../../../model/service.js";
import type { TableEntry } from "../../../model/table.js";
import { heedsOrder, placements, type ServerOrder } from "../../../rules/order.js";
import { ipvsadm, nameOf } from "../../checks/subjects.js";
import type { Remedy } from "../../finding.js";
import { eitherWay, isFleet, OTHER, type Pair, type PairCheck, seen, WHERE, type Where } from "../pair.js";
import { shareElsewhere } from "../shares.js";
import type { Side } from "../side.js";

export const order: PairCheck = {
  id: "peer-order",
  title: "The servers stand in another order on the other director",
  *judge(pair) {
    // Of connections that are synchronised each keeps its server whatever the scheduler would say.
    const severity = isFleet(pair) ? "error" : "warning";
    const shareOf = shares(pair);
    for (const {
      service: { before: service },
      order: orders,
    } of pair.differences) {
      if (orders === undefined || service === undefined) continue;
      const { scheduler } = service;
      const equal = orders.before.length === orders.after.length && placements(orders).every(({ moves }) => moves);
      const first = equal
        ? ""
        : " First give both the same servers, then compare again: servers that are added come last.";
      yield {
        entry: { service },
        verdict: {
          severity,
          evidence: [...evidenceOf(pair, service, orders), ...shareOf(service)],
          why: `The scheduler ${scheduler} fills its table by the order in which servers were added, so the two directors send the same client to different servers.${first}`,
          remedies: equal ? ordered(pair, service, orders) : [],
        },
      };
    }
  },
};

/** Servers that are listed; of more, those from the first on that stands elsewhere. */
const SHOWN = 8;

const isSame = (a: DestinationKey, b: DestinationKey | undefined) => a.address === b?.address && a.port === b.port;

function evidenceOf(pair: Pair, service: Service, orders: ServerOrder): string[] {
  const first = orders.before.findIndex((server, place) => !isSame(server, orders.after[place]));
  const list = (servers: readonly DestinationKey[]) => {
    const names = servers.map(destinationId);
    if (names.length <= SHOWN) return names.join(", ");
    return `place ${first + 1} on: ${names.slice(first, first + SHOWN).join(", ")}`;
  };
  return [
    seen(pair, "here", `${nameOf(service)}, oldest first: ${list(orders.before)}`),
    seen(pair, "there", `${nameOf(service)}, oldest first: ${list(orders.after)}`),
  ];
}

/** How many services get the share of their clients computed: it takes a part of a second for each. */
const COMPUTED = 8;

/** Evidence of how many clients get another server. */
function shares({ here, there }: Pair): (service: Service) => string[] {
  const [ours, theirs] = [here, there].map(
    ({ table }) => new Map(table.map((entry) => [serviceId(entry.service), entry] as const)),
  ) as [Map<string, TableEntry>, Map<string, TableEntry>];
  let computed = 0;
  return (service) => {
    if (computed++ >= COMPUTED) return [];
    const id = serviceId(service);
    const share = shareElsewhere(ours.get(id)!, theirs.get(id)!, { a: here.kernel, b: there.kernel });
    return share === undefined || share === 0
      ? []
      : [`${nameOf(service)}: ${percent(share)} of all clients get another server from the other director`];
  };
}

const percent = (share: number) =>
  share < 0.001 ? "less than 0.1 %" : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** More commands than these are too many to type. */
const TYPED = 8;

function ordered(pair: Pair, service: Service, orders: ServerOrder): Remedy[] {
  const either = eitherWay(pair, (wrong) => moves(service, orders, wrong), { changes: "servers" });
  return either.map((remedy) => {
    const wrong = remedy.on === "peer" ? "there" : "here";
    if (remedy.commands.length <= TYPED || pair[wrong].original) return remedy;
    const commands = ["ipvsadm apply --order --dry-run table.rules", "ipvsadm apply --order table.rules"];
    const [begin, which] = [remedy.note === undefined ? "With" : "Or with", pair.names[OTHER[wrong]]];
    return {
      ...remedy,
      commands,
      note: `${begin} the file that ipvsadm-save --nosort > table.rules writes on ${which}:`,
    };
  });
}

/** Deletes and adds the fewest servers that make one side's order that of the other. */
function moves(service: Service, { before, after }: ServerOrder, wrong: Where): string[] {
  const way = wrong === "there" ? { before: after, after: before } : { before, after };
  const key = serviceKey(service);
  return placements(way).flatMap(({ server }) => [
    ipvsadm({ kind: "delete-server", service: key, server }),
    ipvsadm({ kind: "add-server", service: key, server }),
  ]);
}

/** Tables of different sizes, and kernels with other hashes, send clients elsewhere however equal the services are. */
export const hashing: PairCheck = {
  id: "peer-hashing",
  title: "The two kernels hash clients in different ways",
  *judge(pair) {
    const severity = isFleet(pair) ? "error" : "warning";
    for (const { service } of sharedServices(pair)) {
      const difference = heedsOrder(service) ? kernelsDiffer(pair, service.scheduler) : undefined;
      if (difference === undefined) continue;
      yield {
        entry: { service },
        verdict: {
          severity,
          evidence: WHERE.map((where) => seen(pair, where, difference(pair[where]))),
          why: `The scheduler ${service.scheduler} of the one sends clients to other servers than that of the other, although the tables are equal. Give both the same kernel.`,
          remedies: [],
        },
      };
    }
  },
};

function sharedServices({ here, there }: Pair): TableEntry[] {
  const others = new Set(there.table.map(({ service }) => serviceId(service)));
  return here.table.filter(({ service }) => others.has(serviceId(service)));
}

/** What differs, as evidence of a side; absent: nothing that is known. */
function kernelsDiffer({ here, there }: Pair, scheduler: string): ((side: Side) => string) | undefined {
  const [a, b] = [here.kernel, there.kernel];
  if (a === undefined || b === undefined) return undefined;
  const kernel = (side: Side) => `Linux ${side.kernel!.release} on ${side.kernel!.machine}`;
  if (scheduler !== "mh" && isOld(a.release) !== isOld(b.release)) return kernel;
  // hsiphash is another function on machines of 32 bits.
  if (scheduler === "mh" && isNarrow(a.machine) !== isNarrow(b.machine)) return kernel;
  const setting = SETTINGS[scheduler as keyof typeof SETTINGS];
  const size = ({ tables }: NonNullable<Side["kernel"]>) => tables?.[scheduler as keyof typeof SETTINGS];
  if (size(a) === size(b) || size(a) === undefined || size(b) === undefined) return undefined;
  return (side) => `${setting}=${size(side.kernel!)}`;
}

const SETTINGS = {
  sh: "CONFIG_IP_VS_SH_TAB_BITS",
  dh: "CONFIG_IP_VS_DH_TAB_BITS",
  mh: "CONFIG_IP_VS_MH_TAB_INDEX",
} as const;

/** Linux 4.18 changed the hash of sh and dh. */
function isOld(release: string): boolean {
  const [major = 0, minor = 0] = release.split(".").map((part) => Number.parseInt(part, 10));
  return major < 4 || (major === 4 && minor < 18);
}

/** As uname(2) names machines of 32 bits. */
function isNarrow(machine: string): boolean {
  return /^(i[3-6]86|armv[4-8]|mips|mipsel|ppc|powerpc|riscv32|sparc|s390|parisc)(l|b|el)?$/.test(machine);
}
