import { type Family, familyOf, formatEndpoint } from "../../model/address.js";
import type { Change } from "../../model/change.js";
import { destinationId } from "../../model/destination.js";
import { isFirewallMark, protocolNumber, type Service, serviceId, type VirtualAddress } from "../../model/service.js";
import { formatChange } from "../../options/format.js";
import type { Facts } from "../facts.js";
import type { LiveEntry, Subject } from "../subject.js";

/** A service that has an address; firewall marks have none. */
export function virtualAddress(entry: LiveEntry): VirtualAddress | undefined {
  return isFirewallMark(entry.service) ? undefined : entry.service;
}

/** `10.254.0.1:8080`, `fwmark 7 ipv4`. */
export function nameOf(service: Service): string {
  return isFirewallMark(service) ? serviceId(service) : formatEndpoint(service.address, service.port);
}

/** The command line of a change, for a shell. */
export function ipvsadm(change: Change): string {
  return shellLine(["ipvsadm", ...formatChange(change).split(" ")]);
}

/** Words as a command line: the kernel takes any characters for names of interfaces and schedulers. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

const PLAIN = /^[\w@%+=:,./[\]-]+$/;

/** IP protocol number; absent for firewall marks, which take any. */
export function protocolOf(entry: LiveEntry): number | undefined {
  const service = virtualAddress(entry);
  return service && protocolNumber(service.protocol);
}

export const TCP = 6;
export const UDP = 17;

export function isNat({ server }: Subject): boolean {
  return server.forwarding === "masq";
}

export function isDirect({ server }: Subject): boolean {
  return server.forwarding === "route";
}

export function isTunnel({ server }: Subject): boolean {
  return server.forwarding === "tunnel";
}

/** True for servers that get new connections. */
export function isInUse({ server }: Subject): boolean {
  return server.weight > 0;
}

/** A server whose address is one of this host's: packets never leave it. */
export function isLocal({ server }: Subject, facts: Facts): boolean {
  return facts.route(server.address)?.type === "local";
}

/** True when clients were seen to get answers: whatever looks odd, it works. */
export function isAnswering(subject: Subject, facts: Facts): boolean {
  const traffic = facts.traffic(subject);
  return traffic !== undefined && traffic.heard > 0 && !isFallingSilent(subject, facts);
}

/** Packets come in just now, none go out, and handshakes hang, although older connections still stand. */
function isFallingSilent(subject: Subject, facts: Facts): boolean {
  const { stats } = subject.server;
  const stuck = facts.traffic(subject)?.stuck ?? 0;
  return isNat(subject) && stuck > 0 && stats !== undefined && stats.inPacketRate > 0n && stats.outPacketRate === 0n;
}

/**
 * What shows that clients get no answer from a server, as evidence; absent when nothing does. Direct routing and tunnels
 * never show answers, so only handshakes that hang tell.
 */
export function silence(subject: Subject, facts: Facts): string[] | undefined {
  const traffic = facts.traffic(subject);
  const { stats } = subject.server;
  if (isAnswering(subject, facts)) return undefined;
  const counted = isNat(subject) && stats !== undefined && stats.inPackets > 0n && stats.outPackets === 0n;
  const hanging = (traffic?.stuck ?? 0) > 0;
  if (!counted && !hanging) return undefined;
  const name = destinationId(subject.server);
  const evidence: string[] = [];
  if (hanging) evidence.push(`${name}: ${traffic!.stuck} stuck in SYN_RECV, 0 got further`);
  if (stats && stats.inPackets > 0n) evidence.push(`${name}: ${stats.inPackets} packets in, ${stats.outPackets} out`);
  return evidence;
}

/**
 * Verified on Linux 6.1: a real server that owns the virtual address drops packets that come from it, ARP requests and
 * tunnel packets of this director too, unless accept_local is set there.
 */
export const ACCEPT_LOCAL = "sysctl -w net.ipv4.conf.all.accept_local=1";

/** Evidence that this director speaks to a server from the virtual address itself; absent when it does not. */
export function sourceIsVirtual({ entry, server }: Subject, facts: Facts): string | undefined {
  const source = facts.route(server.address)?.source;
  return source !== undefined && source === virtualAddress(entry)?.address
    ? `route to ${server.address}: src ${source}, which is the virtual address`
    : undefined;
}

/** Prefix length of a single host. */
export function hostLength(address: string): number {
  return familyOf(address) === "ipv4" ? 32 : 128;
}

/** `ip`, or `ip -6` where the address does not tell. */
export function ipCommand(family: Family): string {
  return family === "ipv4" ? "ip" : "ip -6";
}
