import { formatEndpoint } from "../../../model/address.js";
import type { Daemon } from "../../../model/settings.js";
import { ipvsadm, shellLine } from "../../checks/subjects.js";
import type { Judgement } from "../../examine.js";
import type { Remedy } from "../../finding.js";
import { brief, type Flow, filled, flowsOf, headersOf, interfaceOf } from "../flows.js";
import { onSide, type Pair, type PairCheck, seen, WHERE } from "../pair.js";

/** A point on which the two ends of a flow have to agree. */
function flowCheck(id: string, title: string, verdict: (flow: Flow, pair: Pair) => Judgement["verdict"] | undefined) {
  return {
    id,
    title,
    *judge(pair: Pair) {
      for (const flow of flowsOf(pair)) {
        const found = verdict(flow, pair);
        if (found !== undefined) yield { verdict: found };
      }
    },
  } satisfies PairCheck;
}

/** Both ends, each with the same of its settings. */
const ends = (pair: Pair, { from, to, master, backup }: Flow, text: (daemon: Daemon) => string) => [
  seen(pair, from, `master sync daemon on ${master.interface}: ${text(master)}`),
  seen(pair, to, `backup sync daemon on ${backup.interface}: ${text(backup)}`),
];

/** Starts one end anew, with other settings. */
function restart(flow: Flow, end: "from" | "to", change: Partial<Daemon>, note?: string): Remedy {
  const daemon = end === "from" ? flow.master : flow.backup;
  const commands = [
    ipvsadm({ kind: "stop-daemon", state: daemon.state, syncId: daemon.syncId }),
    ipvsadm({ kind: "start-daemon", daemon: brief({ ...daemon, ...change }) }),
  ];
  return onSide(flow[end], commands, note, "sync daemons");
}

export const syncId = flowCheck("peer-sync-id", "The sync daemons have different ids", (flow, pair) => {
  const { master, backup } = flow;
  if (backup.syncId === 0 || backup.syncId === master.syncId) return undefined;
  return {
    severity: "error",
    evidence: ends(pair, flow, (daemon) => `id ${daemon.syncId}`),
    why: "A backup ignores the messages of masters with another id, unless its own is 0, which accepts all.",
    remedies: [restart(flow, "to", { syncId: master.syncId })],
  };
});

export const syncGroup = flowCheck(
  "peer-sync-group",
  "The sync daemons use different multicast groups or ports",
  (flow, pair) => {
    const [master, backup] = [filled(flow.master), filled(flow.backup)];
    const place = ({ multicastGroup, multicastPort }: typeof master) => formatEndpoint(multicastGroup, multicastPort);
    if (place(master) === place(backup)) return undefined;
    const { multicastGroup, multicastPort } = master;
    return {
      severity: "error",
      evidence: ends(pair, flow, (daemon) => `group and port ${place(filled(daemon))}`),
      why: "The backup listens where the master does not send: no connection is synchronised.",
      remedies: [restart(flow, "to", { multicastGroup, multicastPort })],
    };
  },
);

export const syncTtl = flowCheck("peer-sync-ttl", "Sync messages may not live long enough", (flow, pair) => {
  const { from, to } = flow;
  const [master, backup] = [filled(flow.master), filled(flow.backup)];
  const evidence = ends(pair, flow, (daemon) => `ttl ${filled(daemon).multicastTtl}`);
  if (master.multicastTtl === 1 && isApart(flow, pair)) {
    const networks = ([from, to] as const).map((where, end) =>
      seen(
        pair,
        where,
        `networks of that interface: ${interfaceOf(pair, where, [master, backup][end]!)!.networks.join(", ")}`,
      ),
    );
    return {
      severity: "warning",
      title: "The sync daemons are in different networks, and messages do not pass a router",
      evidence: [...evidence, ...networks],
      why: "With a ttl of 1 the first router drops them. Routers also have to be told to route multicast.",
      remedies: [restart(flow, "from", { multicastTtl: Math.max(2, backup.multicastTtl) })],
    };
  }
  if (master.multicastTtl === backup.multicastTtl) return undefined;
  const ttl = Math.max(master.multicastTtl, backup.multicastTtl);
  return {
    severity: "info",
    evidence,
    why: "The ttl of a master decides how many routers its messages pass. When the roles change, it is another one.",
    remedies: [restart(flow, master.multicastTtl === ttl ? "to" : "from", { multicastTtl: ttl })],
  };
});

/** Whether the two interfaces have networks, and none in common. */
function isApart({ from, to, master, backup }: Flow, pair: Pair): boolean {
  const family = filled(master).multicastGroup.includes(":");
  const [sends, hears] = [interfaceOf(pair, from, master), interfaceOf(pair, to, backup)].map((one) =>
    (one?.networks ?? []).filter((network) => network.includes(":") === family && !network.startsWith("fe80:")),
  );
  return sends!.length > 0 && hears!.length > 0 && !sends!.some((network) => hears!.includes(network));
}

export const syncLength = flowCheck(
  "peer-sync-length",
  "Sync messages are longer than the other side takes",
  (flow, pair) => {
    const { from, to, master, backup } = flow;
    const [sent, taken] = [master.syncMaxLength, backup.syncMaxLength];
    if (sent === undefined) return undefined;
    if (taken !== undefined && taken < sent) {
      return {
        severity: "error",
        evidence: ends(pair, flow, (daemon) => `sync-maxlen ${daemon.syncMaxLength}`),
        why: "The backup cuts what is longer than its own sync-maxlen, and ignores what is cut: the fuller the messages, the more connections are lost.",
        remedies: [restart(flow, "to", { syncMaxLength: sent })],
      };
    }
    const room = (mtu: number) => mtu - headersOf(master);
    const [out, into] = [interfaceOf(pair, from, master)?.mtu, interfaceOf(pair, to, backup)?.mtu];
    const least = Math.min(out ?? Number.POSITIVE_INFINITY, into ?? Number.POSITIVE_INFINITY);
    if (least === Number.POSITIVE_INFINITY || sent <= room(least)) return undefined;
    const evidence = [
      seen(pair, from, `master sync daemon on ${master.interface}: sync-maxlen ${sent}, mtu ${out ?? "not known"}`),
      seen(pair, to, `backup sync daemon on ${backup.interface}: mtu ${into ?? "not known"}`),
    ];
    const remedies = [restart(flow, "from", { syncMaxLength: room(least) })];
    // What leaves in one packet, and is too long for the other end, is dropped before IP sees it.
    return into !== undefined && into < Math.min(out ?? 0, sent + headersOf(master))
      ? {
          severity: "error",
          title: "Sync messages are larger than the mtu of the other side",
          evidence,
          why: "Packets above the mtu of the interface that they arrive at are dropped there: the fuller the messages, the more connections are lost.",
          remedies,
        }
      : {
          severity: "info",
          title: "Sync messages travel in fragments",
          evidence,
          why: "One lost fragment loses the state of many connections.",
          remedies,
        };
  },
);

/** Those that work are asked for on both sides: each belongs to a daemon, whether that has a counterpart or not. */
export const syncInterface: PairCheck = {
  id: "peer-sync-interface",
  title: "The interface of a sync daemon does not work",
  *judge(pair) {
    for (const where of WHERE) {
      if (pair[where].syncInterfaces === undefined) continue;
      for (const daemon of pair[where].daemons ?? []) {
        const name = daemon.interface;
        const found = interfaceOf(pair, where, daemon);
        const fault = FAULTS.find(({ has }) => has(found));
        if (fault === undefined) continue;
        yield {
          verdict: {
            severity: "error",
            evidence: [seen(pair, where, `${daemon.state} sync daemon on ${name}: ${fault.text}`)],
            why: "No connection is synchronised: when the other director takes over, clients have to connect anew.",
            remedies: [
              fault.mends === undefined
                ? onSide(
                    where,
                    ["ip link show"],
                    "See which interface joins the directors, and start the daemon there:",
                    "sync daemons",
                  )
                : onSide(where, [shellLine(["ip", "link", "set", name, ...fault.mends])]),
            ],
          },
        };
      }
    }
  },
};

type Found = ReturnType<typeof interfaceOf>;

const FAULTS: readonly { has(found: Found): boolean; text: string; mends?: readonly string[] }[] = [
  { has: (found) => found === undefined, text: "no such interface" },
  { has: (found) => !found!.up, text: "down", mends: ["up"] },
  { has: (found) => !found!.carrier, text: "no carrier" },
  { has: (found) => !found!.multicast, text: "does no multicast", mends: ["multicast", "on"] },
];
