import { destinationId } from "../../model/destination.js";
import { IP_VS_SVC_F_ONEPACKET, IP_VS_SVC_F_PERSISTENT } from "../../model/service.js";
import type { LiveDestination } from "../../model/table.js";
import { onTable, type ServerCheck, type ServiceCheck } from "../check.js";
import type { LiveEntry } from "../subject.js";
import { ipvsadm, isLocal, isNat, nameOf, protocolOf, UDP } from "./subjects.js";

/** Schedulers that spread clients by the load; the others keep a client on its server by intention. */
const BALANCING: ReadonlySet<string> = new Set(["rr", "wrr", "lc", "wlc", "sed", "nq", "twos"]);

/** Packets of a connection from which its client is taken to send from one port for good. */
const LONG = 50n;
/** Share of the packets that one server gets, and of the weights that it may have, to call it stuck there. */
const MOST = 0.9;
const FAIR = 0.75;

function onePacket({ service }: LiveEntry): boolean {
  return (service.flags & IP_VS_SVC_F_ONEPACKET) !== 0;
}

/** Verified on Linux 6.1: a connection of UDP lives as long as packets come from the same port, and keeps its server. */
export const udpSticks: ServiceCheck = {
  id: "udp-sticks-to-server",
  title: "UDP clients that keep their port keep their server, and others are idle",
  scope: "service",
  appliesTo: (entry) =>
    protocolOf(entry) === UDP &&
    BALANCING.has(entry.service.scheduler) &&
    (entry.service.flags & IP_VS_SVC_F_PERSISTENT) === 0 &&
    !onePacket(entry),
  verdict(entry, facts) {
    const usable = entry.destinations.filter(({ weight }) => weight > 0);
    const packets = sum(usable, ({ stats }) => Number(stats?.inPackets ?? 0n));
    const connections = sum(usable, ({ stats }) => Number(stats?.connections ?? 0n));
    const [busiest] = [...usable].sort((a, b) => Number((b.stats?.inPackets ?? 0n) - (a.stats?.inPackets ?? 0n)));
    if (busiest === undefined || connections === 0 || packets < Number(LONG) * connections) return undefined;
    const share = Number(busiest.stats?.inPackets ?? 0n) / packets;
    if (share < MOST || busiest.weight > FAIR * sum(usable, ({ weight }) => weight)) return undefined;
    const { service } = entry;
    const udp = facts.timeouts?.udp;
    const shorter = onTable(
      "timeouts",
      ["ipvsadm --set 0 0 10"],
      "A shorter timeout lets clients that pause get another server:",
    );
    const each = onTable(
      "one-packet",
      [ipvsadm({ kind: "edit-service", service: { ...service, flags: service.flags | IP_VS_SVC_F_ONEPACKET } })],
      "Where each datagram is a request of its own, as with DNS, schedule each (connections that are there go on until they pause):",
    );
    // NAT cannot translate the replies of what it does not remember.
    const canForget = usable.every((server) => !isNat({ entry, server }) || isLocal({ entry, server }, facts));
    return {
      severity: "warning",
      evidence: [
        `${nameOf(service)}: ${connections} connections carried ${packets} packets`,
        `${destinationId(busiest)}: ${Math.floor(share * 100)} % of them, weight ${busiest.weight}`,
        ...(udp === undefined ? [] : [`ipvsadm -L --timeout: udp ${udp} s`]),
      ],
      why: "A client that always sends from one port is one connection that never ends, so its packets are not spread, whatever the scheduler.",
      remedies: canForget ? [each, shorter] : [shorter],
    };
  },
};

/** Verified on Linux 6.1: replies of NAT servers keep the server's address, since nothing is remembered to change them by. */
export const onePacketNat: ServerCheck = {
  id: "one-packet-nat",
  title: "Replies of NAT servers are not translated in a service with -o",
  scope: "server",
  appliesTo: (subject, facts) => onePacket(subject.entry) && isNat(subject) && !isLocal(subject, facts),
  verdict({ entry, server }) {
    const { stats } = server;
    if (stats === undefined || stats.inPackets === 0n || stats.outPackets > 0n) return undefined;
    const { service } = entry;
    return {
      severity: "info",
      evidence: [`${destinationId(server)}: ${stats.inPackets} packets in, 0 out`, `${nameOf(service)}: -o`],
      why:
        "With -o the kernel forgets each packet at once, and replies reach the client from the server's own address. For " +
        "protocols that only send, such as syslog, that is as it should be.",
      remedies: [
        onTable(
          "one-packet",
          [ipvsadm({ kind: "edit-service", service: { ...service, flags: service.flags & ~IP_VS_SVC_F_ONEPACKET } })],
          "For the others leave -o out, or use direct routing:",
        ),
      ],
    };
  },
};

function sum(servers: readonly LiveDestination[], value: (server: LiveDestination) => number): number {
  return servers.reduce((total, server) => total + value(server), 0);
}
