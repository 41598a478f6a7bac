import { familyOf } from "../../model/address.js";
import { PLAIN_TUNNEL, type TunnelType } from "../../model/destination.js";
import { onDirector, onServer, onTable, type ServerCheck, type Verdict } from "../check.js";
import type { Facts } from "../facts.js";
import type { Remedy } from "../finding.js";
import type { Subject } from "../subject.js";
import {
  ACCEPT_LOCAL,
  hostLength,
  ipvsadm,
  isDirect,
  isLocal,
  isTunnel,
  silence,
  sourceIsVirtual,
  virtualAddress,
} from "./subjects.js";

/** True when clients gave up after one packet each: they were refused, and so does not look who was ignored. */
function isRefused({ server: { stats } }: Subject): boolean {
  return stats !== undefined && stats.connections > 0n && stats.inPackets === stats.connections;
}

/** What can be told from here of a server that should take packets for the virtual address. */
function evidenceOf(subject: Subject, facts: Facts, silent: readonly string[]): string[] {
  const next = facts.nextHop(subject.server.address);
  const seen = next === undefined ? [] : [`neighbour ${next.address}: ${next.state.toUpperCase()}`];
  return [...silent, ...seen];
}

/** The real server has to own the virtual address, and must not tell the network so (arp_ignore, arp_announce). */
export const directSilent: ServerCheck = {
  id: "direct-silent",
  title: "A direct routing server does not take packets for the virtual address",
  scope: "server",
  symptom: true,
  appliesTo: (subject, facts) => isDirect(subject) && !isLocal(subject, facts),
  verdict(subject, facts): Verdict | undefined {
    const silent = silence(subject, facts);
    if (silent === undefined) return undefined;
    const evidence = evidenceOf(subject, facts, silent);
    if (isRefused(subject)) {
      return {
        severity: "error",
        evidence,
        why:
          "Clients give up after one packet, as after a refusal: nothing listens on this address and port there. Direct " +
          "routing cannot map ports, so the server has to listen on the port of the service.",
        remedies: listening(subject),
      };
    }
    const own = sourceIsVirtual(subject, facts);
    return {
      severity: "error",
      evidence: [...evidence, ...(own ? [own] : [])],
      why:
        "Packets reach the server still addressed to the virtual address. It drops them unless that is one of its own " +
        "addresses, which it must not announce on the link.",
      remedies: [
        onServer([...quiet(subject), ...(own ? [ACCEPT_LOCAL] : []), ...ownAddress(subject, "lo")]),
        ...listening(subject),
      ],
    };
  },
};

/** Parameters that keep a server from answering ARP for the virtual address; IPv6 does not answer for addresses on lo. */
function quiet({ entry }: Subject): string[] {
  if (familyOf(virtualAddress(entry)?.address ?? "") === "ipv6") return [];
  return ["sysctl -w net.ipv4.conf.all.arp_ignore=1", "sysctl -w net.ipv4.conf.all.arp_announce=2"];
}

/** `replace`, since some of the servers may have it already. */
function ownAddress({ entry }: Subject, device: string): string[] {
  const address = virtualAddress(entry)?.address ?? "VIP";
  return [`ip addr replace ${address}/${hostLength(address)} dev ${device}`];
}

function listening({ entry, server }: Subject): Remedy[] {
  const port = virtualAddress(entry)?.port || server.port;
  const masq = ipvsadm({ kind: "edit-server", service: entry.service, server: { ...server, forwarding: "masq" } });
  return [
    onServer([`ss -ltn 'sport = :${port}'`], "See that the server listens there:"),
    onTable("forwarding", [masq], "To reach another port, or a server that cannot have the address, use NAT:"),
  ];
}

interface Encapsulation {
  /** Bytes that the encapsulation adds behind the outer IP header. */
  readonly bytes: number;
  /** The device on the real server that unpacks, and how to get it. */
  readonly device: string;
  readonly setUp: (port: number) => string[];
}

/** Verified on Linux 6.1 at both ends. */
const ENCAPSULATIONS: Readonly<Record<string, Encapsulation>> = {
  ipip: { bytes: 0, device: "tunl0", setUp: () => ["modprobe ipip"] },
  gue: {
    bytes: 12,
    device: "tunl0",
    setUp: (port) => ["modprobe ipip", "modprobe fou", `ip fou add port ${port} gue`],
  },
  gre: { bytes: 4, device: "gre0", setUp: () => ["modprobe ip_gre"] },
};

function encapsulation(type: TunnelType): Encapsulation {
  return ENCAPSULATIONS[type] ?? ENCAPSULATIONS.ipip!;
}

export const tunnelSilent: ServerCheck = {
  id: "tunnel-silent",
  title: "A tunnelled server does not unpack, or does not take, what is sent to it",
  scope: "server",
  symptom: true,
  appliesTo: (subject, facts) => isTunnel(subject) && !isLocal(subject, facts),
  verdict(subject, facts): Verdict | undefined {
    const silent = silence(subject, facts);
    if (silent === undefined) return undefined;
    const { type } = subject.server.tunnel ?? PLAIN_TUNNEL;
    const own = sourceIsVirtual(subject, facts);
    return {
      severity: "error",
      evidence: [...evidenceOf(subject, facts, silent), ...(own ? [own] : [])],
      why:
        `The server has to unpack ${type}, own the virtual address without announcing it, and accept packets from a tunnel ` +
        `that its own replies do not take (rp_filter)${own ? ", sent from an address that is its own too (accept_local)" : ""}.`,
      remedies: [onServer(tunnelSetUp(subject, own !== undefined)), ...listening(subject)],
    };
  },
};

function tunnelSetUp(subject: Subject, acceptLocal: boolean): string[] {
  const { type, port } = subject.server.tunnel ?? PLAIN_TUNNEL;
  const { device, setUp } = encapsulation(type);
  return [
    ...setUp(port),
    `ip link set ${device} up`,
    ...quiet(subject),
    `sysctl -w net.ipv4.conf.all.rp_filter=0`,
    `sysctl -w net.ipv4.conf.${device}.rp_filter=0`,
    ...(acceptLocal ? [ACCEPT_LOCAL] : []),
    ...ownAddress(subject, device),
  ];
}

/** Length of the outer IP header. */
const HEADER = { ipv4: 20, ipv6: 40 } as const;

/** What clients on Ethernet send. */
const ETHERNET = 1500;

export const tunnelMtu: ServerCheck = {
  id: "tunnel-mtu",
  title: "Packets of full size do not fit into the tunnel",
  scope: "server",
  appliesTo: (subject, facts) => isTunnel(subject) && facts.number("net.ipv4.vs.pmtu_disc") === 1,
  verdict({ server }, facts): Verdict | undefined {
    const { type } = server.tunnel ?? PLAIN_TUNNEL;
    const route = facts.route(server.address);
    const link = facts.link(route?.link);
    const mtu = route?.mtu ?? link?.mtu;
    if (mtu === undefined || route?.type !== "unicast") return undefined;
    const room = mtu - HEADER[familyOf(server.address)] - encapsulation(type).bytes;
    if (room >= ETHERNET) return undefined;
    return {
      severity: "info",
      evidence: [`mtu towards ${server.address} = ${mtu}, ${type} leaves ${room}`, "net.ipv4.vs.pmtu_disc = 1"],
      why:
        `Larger packets of clients are answered with ICMP "fragmentation needed". Where a firewall drops these, uploads ` +
        "hang while small requests work.",
      remedies: [
        onDirector(["sysctl -w net.ipv4.vs.pmtu_disc=0"], "To send such packets in fragments instead:"),
        onDirector(
          [`ip link set ${link?.name ?? "DEVICE"} mtu ${ETHERNET + mtu - room}`],
          "Or give the network between director and servers room:",
        ),
      ],
    };
  },
};
