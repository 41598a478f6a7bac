import type { Firewall, Packet } from "../../host/firewall/model.js";
import { describePlace, dropOf, type Place } from "../../host/firewall/walk.js";
import type { Listener } from "../../host/host.js";
import { type Address, familyOf, formatEndpoint } from "../../model/address.js";
import { onDirector, type ServerCheck, type Verdict } from "../check.js";
import type { Facts } from "../facts.js";
import type { Subject } from "../subject.js";
import { acceptLocal, IPVS_PRIORITY } from "./rules.js";
import { isAnswering, isInUse, isLocal, isNat, protocolOf, silence, TCP, UDP, virtualAddress } from "./subjects.js";

const CONNTRACK = "net.ipv4.vs.conntrack";

/** Where packets for a server on this host go: NAT gives them its address and port, the other methods leave the service's. */
interface Goal {
  readonly address?: Address;
  readonly port?: number;
}

function goalOf(subject: Subject): Goal {
  const service = virtualAddress(subject.entry);
  const port = (isNat(subject) && subject.server.port) || service?.port || undefined;
  const address = isNat(subject) ? subject.server.address : service?.address;
  return { ...(address !== undefined && { address }), ...(port !== undefined && { port }) };
}

const SOCKETS = { [TCP]: { name: "tcp", option: "-ltn" }, [UDP]: { name: "udp", option: "-lun" } } as const;

function socketsOf({ entry }: Subject) {
  return SOCKETS[protocolOf(entry) as keyof typeof SOCKETS];
}

/** Sockets of IPv6 that are bound to no address take IPv4, too, unless they were told not to, which cannot be seen. */
function takes(listener: Listener, address: Address | undefined): boolean {
  const listens = listener.address.replace(/^::ffff:(?=[\d.]+$)/, "");
  if (listens === "::" || address === undefined || listens === address) return true;
  return listens === "0.0.0.0" && familyOf(address) === "ipv4";
}

/** True when clients were seen to get more than a refusal. */
function isServing(subject: Subject, facts: Facts): boolean {
  const { heard = 0, closed = 0 } = facts.traffic(subject) ?? {};
  return heard > closed;
}

export const nothingListens: ServerCheck = {
  id: "local-not-listening",
  title: "Nothing listens on this host where a server is entered",
  scope: "server",
  appliesTo: (subject, facts) =>
    isInUse(subject) && isLocal(subject, facts) && socketsOf(subject) !== undefined && !isServing(subject, facts),
  verdict(subject, facts): Verdict | undefined {
    const { name, option } = socketsOf(subject)!;
    const { address, port } = goalOf(subject);
    const sockets = facts.listeners(name);
    if (sockets === undefined || port === undefined) return undefined;
    const onPort = sockets.filter((socket) => socket.port === port);
    if (onPort.some((socket) => takes(socket, address))) return undefined;
    const goal = address === undefined ? `port ${port}` : formatEndpoint(address, port);
    return {
      severity: "error",
      evidence: [
        `/proc/net/${name}, /proc/net/${name}6: nothing takes ${goal}`,
        ...onPort.map((socket) => `${formatEndpoint(socket.address, port)} is taken`),
      ],
      why: isNat(subject)
        ? "The server is this host itself, so its clients are refused."
        : "The server is this host itself. Without NAT packets keep the address and port of the service, so that is where something has to listen.",
      remedies: [
        onDirector([`ss ${option} 'sport = :${port}'`], `Have the server listen on ${goal}, or on all addresses:`),
      ],
    };
  },
};

/** `ip_vs_core.c`: IPVS sees what this host sends after connection tracking and the table mangle, before the tables nat and filter. */
const LOCAL_REPLY = -99;

interface Passage {
  readonly hook: "input" | "output";
  readonly state: string;
  /** Priorities of the chains that see the packet so. */
  readonly from: number;
  readonly below: number;
}

const NEVER = Number.NEGATIVE_INFINITY;
const EVER = Number.POSITIVE_INFINITY;

/**
 * What connection tracking makes of packets to and from a server on this host. Verified on Linux 6.1 for NAT, direct routing
 * and tunnels alike: untracked, the first reply of TCP is INVALID, and later ones are NEW until IPVS has seen them.
 */
function passages(subject: Subject, facts: Facts): Passage[] {
  if (facts.number(CONNTRACK) === 1) {
    return [
      { hook: "output", state: "ESTABLISHED", from: NEVER, below: LOCAL_REPLY },
      { hook: "output", state: "ESTABLISHED", from: LOCAL_REPLY, below: EVER },
    ];
  }
  const states = protocolOf(subject.entry) === TCP ? ["INVALID"] : [];
  const before = { hook: "output", from: NEVER, below: LOCAL_REPLY } as const;
  const behind = { hook: "output", from: LOCAL_REPLY, below: EVER } as const;
  return [
    { hook: "input", state: "UNTRACKED", from: IPVS_PRIORITY, below: EVER },
    ...[...states, "NEW"].map((state) => ({ ...before, state })),
    ...[...states, "UNTRACKED"].map((state) => ({ ...behind, state })),
  ];
}

export const firewallDropsLocal: ServerCheck = {
  id: "firewall-drops-local",
  title: "The firewall drops packets of a server on this host",
  scope: "server",
  appliesTo: (subject, facts) =>
    isInUse(subject) && isLocal(subject, facts) && facts.firewall !== undefined && !isAnswering(subject, facts),
  verdict(subject, facts): Verdict | undefined {
    for (const passage of passages(subject, facts)) {
      const packet = packetOf(subject, passage);
      const place = dropOf(from(facts.firewall!, passage.from), passage.hook, packet, passage.below);
      if (place !== undefined) return drops(subject, packet, passage, place, facts);
    }
    return undefined;
  },
};

function drops(subject: Subject, packet: Packet, { hook, state }: Passage, place: Place, facts: Facts): Verdict {
  const conntrack = facts.number(CONNTRACK);
  // Without an address the rule would let everything pass.
  const known = packet.source !== undefined || packet.destination !== undefined;
  const accept = known ? [onDirector([acceptLocal(place, subject.entry, packet)])] : [];
  const track = hook === "output" && conntrack === 0;
  return {
    severity: "error",
    evidence: [describePlace(place), ...(conntrack === undefined ? [] : [`${CONNTRACK} = ${conntrack}`])],
    why:
      hook === "input"
        ? "These rules come after IPVS, and see packets for servers on this host once more."
        : `Replies of a server on this host pass the OUTPUT rules, where connection tracking calls them ${state}` +
          (conntrack === 1 ? "." : " as long as IPVS does not track its connections."),
    remedies: [
      ...accept,
      ...(track
        ? [
            onDirector(
              [`sysctl -w ${CONNTRACK}=1`],
              `${known ? "Or have" : "Have"} them tracked, so that they are ESTABLISHED:`,
            ),
          ]
        : []),
    ],
  };
}

/** Replies have the server's address until IPVS gives them that of the service. */
function packetOf(subject: Subject, { hook, state, from: priority }: Passage): Packet {
  const service = virtualAddress(subject.entry);
  const protocol = protocolOf(subject.entry);
  const family = familyOf(subject.server.address);
  const common = { family, state, syn: false, ...(protocol !== undefined && { protocol }) };
  const { address, port } = hook === "output" && priority === LOCAL_REPLY ? { ...service } : goalOf(subject);
  if (hook === "input") {
    return {
      ...common,
      local: true,
      ...(address !== undefined && { destination: address }),
      ...(port && { destinationPort: port }),
    };
  }
  return { ...common, ...(address !== undefined && { source: address }), ...(port && { sourcePort: port }) };
}

/** The chains from a priority on, and those that only rules jump to. */
function from(firewall: Firewall, priority: number): Firewall {
  return firewall.map((table) => ({
    ...table,
    chains: new Map([...table.chains].filter(([, { base }]) => base === undefined || base.priority >= priority)),
  }));
}

/** What is left when nothing here explains it. */
export const localSilent: ServerCheck = {
  id: "local-silent",
  title: "A server on this host gives clients no answer",
  scope: "server",
  symptom: true,
  appliesTo: (subject, facts) => isLocal(subject, facts),
  verdict(subject, facts): Verdict | undefined {
    const silent = silence(subject, facts);
    const { port } = goalOf(subject);
    if (silent === undefined || protocolOf(subject.entry) === UDP) return undefined;
    return {
      severity: "error",
      evidence: silent,
      why: "Packets reach the server, which is this host itself, and the handshake does not go on: it does not answer, or its answers are lost.",
      remedies: [
        onDirector([
          ...(port === undefined ? [] : [`ss -ltn 'sport = :${port}'`]),
          "iptables-save -c",
          "nft list ruleset",
        ]),
      ],
    };
  },
};
