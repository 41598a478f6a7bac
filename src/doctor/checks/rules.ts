import type { Packet } from "../../host/firewall/model.js";
import type { Place } from "../../host/firewall/walk.js";
import type { Family } from "../../model/address.js";
import { isFirewallMark, PROTOCOL_NUMBERS, type Protocol, serviceFamily } from "../../model/service.js";
import type { Facts } from "../facts.js";
import type { LiveEntry, Subject } from "../subject.js";
import { protocolOf, virtualAddress } from "./subjects.js";

/**
 * Priority of IPVS among the hooks of the kernel (`NF_IP_PRI_NAT_SRC - 2` of `ip_vs_core.c`): chains below it see packets
 * first, and what they drop IPVS never gets.
 */
export const IPVS_PRIORITY = 98;

/** A packet of a client to the service, as it arrives. */
export function requestPacket(entry: LiveEntry, state: string): Packet {
  const service = virtualAddress(entry);
  const protocol = protocolOf(entry);
  return {
    family: serviceFamily(entry.service),
    local: true,
    state,
    syn: state === "NEW",
    ...(protocol !== undefined && { protocol }),
    ...(service && { destination: service.address }),
    ...(service && service.port !== 0 && { destinationPort: service.port }),
    ...(isFirewallMark(entry.service) && { mark: entry.service.fwmark }),
  };
}

/** A packet of a real server to a client, as it is forwarded. */
export function replyPacket({ entry, server }: Subject, facts: Facts, state: string): Packet {
  const protocol = protocolOf(entry);
  const input = facts.link(facts.route(server.address)?.link)?.name;
  return {
    family: serviceFamily(entry.service),
    local: false,
    state,
    syn: false,
    source: server.address,
    ...(protocol !== undefined && { protocol }),
    ...(server.port !== 0 && { sourcePort: server.port }),
    ...(input !== undefined && { input }),
  };
}

/** A packet on its way to a real server, as it leaves. */
export function scheduledPacket({ entry, server }: Subject, facts: Facts): Packet {
  const service = virtualAddress(entry);
  const protocol = protocolOf(entry);
  const output = facts.link(facts.route(server.address)?.link)?.name;
  return {
    family: serviceFamily(entry.service),
    state: "NEW",
    syn: true,
    destination: server.address,
    ipvs: service ? { address: service.address, ...(service.port !== 0 && { port: service.port }) } : {},
    ...(protocol !== undefined && { protocol }),
    ...(server.port !== 0 && { destinationPort: server.port }),
    ...(output !== undefined && { output }),
  };
}

const PROTOCOL_NAMES = new Map<number, Protocol>(
  Object.entries(PROTOCOL_NUMBERS).map(([name, number]) => [number, name as Protocol]),
);

function protocolName(entry: LiveEntry): Protocol | undefined {
  const number = protocolOf(entry);
  return number === undefined ? undefined : PROTOCOL_NAMES.get(number);
}

/** The command that lets packets to the service pass, in front of the rule that drops them. */
export function acceptRequests(place: Place, entry: LiveEntry): string {
  const service = virtualAddress(entry);
  const protocol = protocolName(entry);
  const port = service?.port ? String(service.port) : undefined;
  const conditions = { destination: service?.address, protocol, destinationPort: port, mark: markOf(entry) };
  return insertAccept(place, serviceFamily(entry.service), conditions);
}

/** The command that lets the server's answers pass. */
export function acceptReplies(place: Place, { entry, server }: Subject): string {
  const port = server.port ? String(server.port) : undefined;
  const conditions = { source: server.address, protocol: protocolName(entry), sourcePort: port };
  return insertAccept(place, serviceFamily(entry.service), conditions);
}

/** The command that lets packets of a server on this host pass, in either direction. */
export function acceptLocal(place: Place, entry: LiveEntry, packet: Packet): string {
  const port = (number: number | undefined) => (number === undefined ? undefined : String(number));
  return insertAccept(place, packet.family, {
    source: packet.source,
    destination: packet.destination,
    protocol: protocolName(entry),
    sourcePort: port(packet.sourcePort),
    destinationPort: port(packet.destinationPort),
  });
}

function markOf(entry: LiveEntry): string | undefined {
  return isFirewallMark(entry.service) ? String(entry.service.fwmark) : undefined;
}

interface Conditions {
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  readonly protocol?: Protocol | undefined;
  readonly sourcePort?: string | undefined;
  readonly destinationPort?: string | undefined;
  readonly mark?: string | undefined;
}

/** Whoever dropped the packet has to let it pass: nft in the same table and chain, or iptables of the same kind. */
function insertAccept({ table, chain }: Place, family: Family, wanted: Conditions): string {
  const [program = "", ...rest] = table.split(" ");
  const words = program === "nft" ? nftConditions(family, wanted) : iptablesConditions(wanted);
  if (program === "nft") return ["nft insert rule", ...rest, chain, ...words, "accept"].join(" ");
  const name = rest[0] === "filter" ? [] : ["-t", ...rest];
  return [program, ...name, "-I", chain, ...words, "-j ACCEPT"].join(" ");
}

function iptablesConditions({
  source,
  destination,
  protocol,
  sourcePort,
  destinationPort,
  mark,
}: Conditions): string[] {
  return [
    ...(source ? [`-s ${source}`] : []),
    ...(destination ? [`-d ${destination}`] : []),
    ...(protocol ? [`-p ${protocol}`] : []),
    ...(protocol && sourcePort ? [`--sport ${sourcePort}`] : []),
    ...(protocol && destinationPort ? [`--dport ${destinationPort}`] : []),
    ...(mark ? [`-m mark --mark ${mark}`] : []),
  ];
}

function nftConditions(family: Family, wanted: Conditions): string[] {
  const { source, destination, protocol, sourcePort, destinationPort, mark } = wanted;
  const ip = family === "ipv4" ? "ip" : "ip6";
  return [
    ...(source ? [`${ip} saddr ${source}`] : []),
    ...(destination ? [`${ip} daddr ${destination}`] : []),
    ...(protocol && sourcePort ? [`${protocol} sport ${sourcePort}`] : []),
    ...(protocol && destinationPort ? [`${protocol} dport ${destinationPort}`] : []),
    ...(mark ? [`meta mark ${mark}`] : []),
  ];
}

/** Programs and modules that rewrite addresses, per family. */
const NAT: Readonly<Record<Family, { iptables: string; module: string; table: string }>> = {
  ipv4: { iptables: "iptables", module: "iptable_nat", table: "ip" },
  ipv6: { iptables: "ip6tables", module: "ip6table_nat", table: "ip6" },
};

/** Commands after which packets reach the server with this director's address as their source. */
export function snatCommands({ entry, server }: Subject, facts: Facts): string[] {
  const family = serviceFamily(entry.service);
  const program = natProgram(family, facts);
  const service = virtualAddress(entry);
  const protocol = protocolName(entry);
  if (program === "nft") {
    const { table } = NAT[family];
    const port = protocol && server.port ? ` ${protocol} dport ${server.port}` : "";
    return [
      `nft add table ${table} ipvs`,
      `nft 'add chain ${table} ipvs postrouting { type nat hook postrouting priority 100; }'`,
      `nft add rule ${table} ipvs postrouting ${table} daddr ${server.address}${port} masquerade`,
    ];
  }
  const append = `${program} -t nat -A POSTROUTING`;
  if (service && facts.module("xt_ipvs") !== "absent") {
    const port = service.port ? ` --vport ${service.port}` : "";
    return [`${append} -m ipvs --vaddr ${service.address}${port} -j MASQUERADE`];
  }
  const port = protocol && server.port ? ` -p ${protocol} --dport ${server.port}` : "";
  return [`${append} -d ${server.address}${port} -j MASQUERADE`];
}

/**
 * iptables of the kind that this kernel can do nat with, or nft where there is no iptables. The modules tell: iptables of
 * nftables needs nft_chain_nat, legacy iptables has iptable_nat.
 */
function natProgram(family: Family, facts: Facts): string {
  const { iptables, module } = NAT[family];
  const legacy = `${iptables}-legacy`;
  const usesLegacy = facts.firewall?.some(({ name }) => name.startsWith(`${legacy} `)) ?? false;
  const canNft = facts.module("nft_chain_nat") !== "absent";
  const canLegacy = facts.module(module) !== "absent";
  if (facts.program(legacy) && canLegacy && (usesLegacy || !canNft)) return legacy;
  return !facts.program(iptables) && facts.program("nft") ? "nft" : iptables;
}
