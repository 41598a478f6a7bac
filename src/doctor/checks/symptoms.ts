import { describePlace, dropOf } from "../../host/firewall/walk.js";
import { type Address, familyOf } from "../../model/address.js";
import { destinationId } from "../../model/destination.js";
import { onDirector, onServer, onTable, type ServerCheck, type Verdict } from "../check.js";
import type { Facts } from "../facts.js";
import type { Remedy } from "../finding.js";
import type { Subject } from "../subject.js";
import { snatSteps } from "./nat.js";
import { isTranslated } from "./replies.js";
import { requestPacket } from "./rules.js";
import {
  ACCEPT_LOCAL,
  hostLength,
  ipCommand,
  ipvsadm,
  isInUse,
  isLocal,
  isNat,
  protocolOf,
  TCP,
  virtualAddress,
} from "./subjects.js";

/** A reset without options: the headers of IP and TCP alone. */
const RESET = { ipv4: 40n, ipv6: 60n } as const;

/** A handshake without data: the largest packets of a client that has no connection yet. */
const HANDSHAKE = { ipv4: 60n, ipv6: 80n } as const;

/** True when as much came back from a server as went there, and no client ever, or just now, went on to send anything. */
function onlyHandshakes({ server: { address, stats } }: Subject): boolean {
  if (stats === undefined || stats.inPackets === 0n) return false;
  const largest = HANDSHAKE[familyOf(address)];
  const ever = stats.outPackets >= stats.inPackets && stats.inBytes <= stats.inPackets * largest;
  const { inPacketRate, outPacketRate, inByteRate } = stats;
  const now = inPacketRate > 0n && outPacketRate >= inPacketRate && inByteRate <= (inPacketRate + 1n) * largest;
  return ever || now;
}

/** Packets per second from which rates tell: the kernel rounds what it estimates. */
const STEADY = 5n;

/** True when all that came back from a server, ever or just now, is resets: one for each packet of a client. */
function onlyResets({ server: { address, stats } }: Subject, closed: number): boolean {
  if (stats === undefined) return false;
  const reset = RESET[familyOf(address)];
  const ever =
    stats.connections > 0n &&
    stats.outPackets === stats.inPackets &&
    stats.inPackets === stats.connections &&
    stats.outBytes === stats.outPackets * reset;
  const now =
    closed > 0 &&
    stats.outPacketRate > 0n &&
    stats.outByteRate > 0n &&
    stats.outByteRate <= (stats.outPacketRate + 1n) * reset &&
    stats.inPacketRate <= stats.connectionRate + 1n;
  return ever || now;
}

/** Verified on Linux 6.1: a refused connection is CLOSE for ten seconds, and counts one packet of 40 bytes out. */
export const serverRefuses: ServerCheck = {
  id: "server-refuses",
  title: "A server refuses connections",
  scope: "server",
  symptom: true,
  appliesTo: (subject, facts) =>
    isNat(subject) && isInUse(subject) && protocolOf(subject.entry) === TCP && !isLocal(subject, facts),
  verdict(subject, facts): Verdict | undefined {
    const { entry, server } = subject;
    const traffic = facts.traffic(subject);
    // Resets also end connections that were served; those that are not over yet, or ended well, tell them apart.
    const closed = traffic?.closed ?? 0;
    if (!onlyResets(subject, closed) || (traffic?.heard ?? 0) > closed) return undefined;
    const { connections, inPackets, outPackets, outBytes } = server.stats!;
    const name = destinationId(server);
    return {
      severity: "error",
      evidence: [
        `${name}: ${connections} connections, ${inPackets} packets in, ${outPackets} out with ${outBytes} bytes`,
        ...(closed > 0 ? [`${name}: ${closed} in CLOSE, 0 got further`] : []),
      ],
      why: "The way there and back works: the server answers each client with a reset. Nothing listens there, or a firewall on it rejects.",
      remedies: [
        onServer(
          [`ss -ltn 'sport = :${server.port || virtualAddress(entry)?.port || ""}'`],
          "See that the server listens:",
        ),
        onTable(
          "weights",
          [ipvsadm({ kind: "edit-server", service: entry.service, server: { ...server, weight: 0 } })],
          "Until it does, send clients elsewhere:",
        ),
      ],
    };
  },
};

/** Why a client that was never heard of again cannot get an answer, whoever else does; absent: no such reason. */
type Reason = (client: Address, subject: Subject, facts: Facts) => string | undefined;

/** Verified on Linux 6.1, all of them. */
const REASONS: readonly Reason[] = [
  (client, subject, facts) =>
    isNat(subject) && client === subject.server.address && !isTranslated(subject, facts)
      ? "A server that is a client of its own service gets packets that seem to come from itself, and drops them; only SNAT helps."
      : undefined,
  (client, subject, facts) =>
    !isNat(subject) && facts.addresses?.has(client)
      ? "With direct routing and tunnels this director cannot be a client: replies come with the virtual address, which is " +
        "its own, and are dropped as forged; requests that come from the virtual address are dropped by the server."
      : undefined,
  (client, subject, facts) => {
    const [back, there] = [facts.route(client), facts.route(subject.server.address)];
    if (!isNat(subject) || isTranslated(subject, facts) || back?.link === undefined) return undefined;
    const shared = back.link === there?.link && back.gateway === undefined && there.gateway === undefined;
    return shared && client !== subject.server.address
      ? "Clients on the link of a server get its replies directly, from an address that they never wrote to: other clients " +
          "are served, these are not."
      : undefined;
  },
];

export const clientsNeverServed: ServerCheck = {
  id: "clients-never-served",
  title: "Some clients get no answer because of where they are",
  scope: "server",
  symptom: true,
  appliesTo: (subject, facts) => !isLocal(subject, facts),
  verdict(subject, facts): Verdict | undefined {
    const unheard = facts.traffic(subject)?.unheard ?? [];
    for (const reason of REASONS) {
      const clients = unheard.filter((client) => reason(client, subject, facts) !== undefined);
      if (clients.length === 0) continue;
      return {
        severity: "warning",
        evidence: clients.map((client) => `${destinationId(subject.server)}: client ${client} stuck in SYN_RECV`),
        why: reason(clients[0]!, subject, facts)!,
        remedies: isNat(subject) ? translated(subject, clients, facts) : [onDirector([ACCEPT_LOCAL], DIRECT_NOTE)],
      };
    }
    return undefined;
  },
};

const DIRECT_NOTE =
  "Let programs here ask a server's own address. With this they can also ask the service, from another address than the virtual one:";

function translated(subject: Subject, clients: readonly Address[], facts: Facts): Remedy[] {
  const { source } = facts.route(subject.server.address) ?? {};
  const others = clients.filter((client) => client !== subject.server.address);
  const ip = ipCommand(familyOf(subject.server.address));
  return [
    onDirector(snatSteps(subject, facts), "The servers then see this director's address instead of the clients':"),
    ...(source === undefined || others.length === 0
      ? []
      : [
          onServer(
            others.map((client) => `${ip} route replace ${client}/${hostLength(client)} via ${source}`),
            "Or:",
          ),
        ]),
  ];
}

/** Verified on Linux 6.1: answers that are lost behind IPVS count as packets out, and the handshake stays half open. */
export const repliesLost: ServerCheck = {
  id: "replies-lost",
  title: "Servers answer, but clients do not get it",
  scope: "server",
  symptom: true,
  appliesTo: (subject, facts) => isNat(subject) && !isLocal(subject, facts),
  verdict(subject, facts): Verdict | undefined {
    const { stuck = 0, heard = 0 } = facts.traffic(subject) ?? {};
    const { stats } = subject.server;
    if (stuck === 0 || heard > 0 || stats === undefined || !onlyHandshakes(subject)) return undefined;
    const name = destinationId(subject.server);
    const request = requestPacket(subject.entry, "INVALID");
    const reply = { ...swapped(request), local: false };
    const place = dropOf(facts.firewall ?? [], "postrouting", reply, Number.POSITIVE_INFINITY);
    return {
      severity: "error",
      evidence: [
        `${name}: ${stuck} stuck in SYN_RECV, 0 got further`,
        `${name}: ${stats.inPackets} packets in, ${stats.outPackets} out`,
        ...(place ? [describePlace(place)] : []),
      ],
      why:
        "The servers' replies come back here and leave for the clients, who do not go on: something behind IPVS drops or " +
        "changes them, here (POSTROUTING) or on the way. Many clients of this kind at once are a SYN flood.",
      remedies: [
        onDirector([
          `tcpdump -ni any 'tcp and src host ${virtualAddress(subject.entry)?.address ?? "VIP"}'`,
          "iptables-save -c",
          "nft list ruleset",
        ]),
      ],
    };
  },
};

/** A packet the other way. */
function swapped({ destination, destinationPort, ...rest }: ReturnType<typeof requestPacket>) {
  return {
    ...rest,
    syn: false,
    ...(destination !== undefined && { source: destination }),
    ...(destinationPort !== undefined && { sourcePort: destinationPort }),
  };
}

/** TCP acknowledges what it gets, so both sides have packets as long as anything flows. */
export const oneSided: ServerCheck = {
  id: "one-sided-traffic",
  title: "Packets of running connections pass in one direction only",
  scope: "server",
  symptom: true,
  appliesTo: (subject, facts) => isNat(subject) && protocolOf(subject.entry) === TCP && !isLocal(subject, facts),
  verdict({ server }, _facts): Verdict | undefined {
    const { inPacketRate = 0n, outPacketRate = 0n } = server.stats ?? {};
    const toServer = inPacketRate >= STEADY && outPacketRate === 0n;
    const toClient = outPacketRate >= STEADY && inPacketRate === 0n;
    if (!toServer && !toClient) return undefined;
    return {
      severity: toServer ? "error" : "warning",
      evidence: [`${destinationId(server)}: ${inPacketRate} packets per second in, ${outPacketRate} out`],
      why: toServer
        ? "The server stopped answering, or its replies no longer come through this director."
        : "Replies pass here and clients' packets do not: they take another way, such as another director that has the virtual address, too.",
      remedies: toServer
        ? [onServer(["ip route get CLIENT", "ss -tn"], "See whether it lives, and which way its replies go:")]
        : [onDirector(["ip neigh show", "ipvsadm -L --daemon"], "See which director clients send to:")],
    };
  },
};
