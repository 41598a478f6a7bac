import type { RouteType } from "../../host/host.js";
import { familyOf } from "../../model/address.js";
import { destinationId } from "../../model/destination.js";
import { onDirector, onServer, onTable, type ServerCheck } from "../check.js";
import {
  ACCEPT_LOCAL,
  hostLength,
  ipvsadm,
  isAnswering,
  isDirect,
  isInUse,
  isLocal,
  isNat,
  silence,
  sourceIsVirtual,
  virtualAddress,
} from "./subjects.js";

const LEADS_NOWHERE: ReadonlySet<RouteType> = new Set([
  "none",
  "blackhole",
  "unreachable",
  "prohibit",
  "broadcast",
  "multicast",
]);

export const serverUnreachable: ServerCheck = {
  id: "server-unreachable",
  title: "There is no route to a real server",
  scope: "server",
  appliesTo: isInUse,
  verdict({ server }, facts) {
    const route = facts.route(server.address);
    if (route === undefined || !LEADS_NOWHERE.has(route.type)) return undefined;
    return {
      severity: "error",
      evidence: [`route to ${server.address}: ${route.type}`],
      why: "Packets for this server cannot leave the director; its share of the clients gets no answer.",
      remedies: [onDirector([`ip route get ${server.address}`, `ip route add ${server.address} via GATEWAY`])],
    };
  },
};

export const linkDown: ServerCheck = {
  id: "server-link-down",
  title: "The interface towards a real server has no carrier",
  scope: "server",
  appliesTo: (subject, facts) => isInUse(subject) && !isLocal(subject, facts),
  verdict({ server }, facts) {
    const link = facts.link(facts.route(server.address)?.link);
    if (link === undefined || (link.up && link.carrier)) return undefined;
    return {
      severity: "error",
      evidence: [`${link.name}: ${link.up ? "no carrier" : "down"}`, `route to ${server.address}: dev ${link.name}`],
      why: "Packets for this server go into an interface that is connected to nothing.",
      remedies: [onDirector([link.up ? `ip link show dev ${link.name}` : `ip link set ${link.name} up`])],
    };
  },
};

export const neighbourFailed: ServerCheck = {
  id: "neighbour-failed",
  title: "A real server, or the router towards it, does not answer on the link",
  scope: "server",
  appliesTo: (subject, facts) => isInUse(subject) && !isLocal(subject, facts),
  verdict(subject, facts) {
    const { server } = subject;
    const next = facts.nextHop(server.address);
    if (next === undefined) return undefined;
    const failed = next.state === "failed" || (next.state === "incomplete" && silence(subject, facts) !== undefined);
    if (!failed) return undefined;
    const link = facts.link(next.link)?.name ?? String(next.link);
    const evidence = [`neighbour ${next.address} dev ${link}: ${next.state.toUpperCase()}`];
    const own = isDirect(subject) ? sourceIsVirtual(subject, facts) : undefined;
    if (own !== undefined) {
      return {
        severity: "error",
        evidence: [...evidence, own],
        why:
          "This director asks for the server's link address from the virtual address, which the server owns too: a server " +
          "takes such questions for forged and does not answer.",
        remedies: [
          onServer([ACCEPT_LOCAL]),
          onDirector(
            [`ip addr show dev ${link}`],
            "Or give this director an address of its own, and add the virtual address behind it, as a second one with " +
              `/${hostLength(server.address)}:`,
          ),
        ],
      };
    }
    return {
      severity: "error",
      evidence,
      why: "Nobody answers for this address on the link: the server is down, in another network, or has another address.",
      remedies: [
        onDirector([`ip neigh show ${next.address}`]),
        onTable(
          "weights",
          [ipvsadm({ kind: "edit-server", service: subject.entry.service, server: { ...server, weight: 0 } })],
          "Until it is back, spare clients the wait:",
        ),
      ],
    };
  },
};

export const directBehindGateway: ServerCheck = {
  id: "direct-behind-gateway",
  title: "A direct routing server is behind a router",
  scope: "server",
  appliesTo: (subject, facts) => isDirect(subject) && !isLocal(subject, facts) && !isAnswering(subject, facts),
  verdict({ entry, server }, facts) {
    const gateway = facts.route(server.address)?.gateway;
    if (gateway === undefined) return undefined;
    const tunnelled = ipvsadm({
      kind: "edit-server",
      service: entry.service,
      server: { ...server, forwarding: "tunnel" },
    });
    return {
      severity: "error",
      evidence: [`route to ${server.address}: via ${gateway}`],
      why:
        "Direct routing changes only the address on the link: the router gets a packet for the virtual address and sends " +
        "it back here. Director and real servers have to share a link.",
      remedies: [
        onTable("forwarding", [tunnelled], "Across routers, use a tunnel (the server has to be set up for it):"),
      ],
    };
  },
};

/** What `neighbour-failed` becomes of, noticed while it still works: address resolution is remembered for a while. */
export const directFromVirtual: ServerCheck = {
  id: "direct-from-virtual-address",
  title: "This director speaks to direct routing servers from the virtual address itself",
  scope: "server",
  appliesTo: (subject, facts) => isDirect(subject) && !isLocal(subject, facts),
  verdict(subject, facts) {
    const { server } = subject;
    const own = familyOf(server.address) === "ipv4" ? sourceIsVirtual(subject, facts) : undefined;
    if (own === undefined || facts.nextHop(server.address)?.state === "permanent") return undefined;
    return {
      severity: "info",
      evidence: [own],
      why:
        "Servers that own the virtual address ignore ARP requests that come from it, so they are lost once their link " +
        "address is forgotten here, unless accept_local is set on them.",
      remedies: [onServer([ACCEPT_LOCAL])],
    };
  },
};

export const directPortDiffers: ServerCheck = {
  id: "port-not-mapped",
  title: "A server without NAT is entered with another port than its service",
  scope: "server",
  appliesTo: (subject, facts) =>
    !isNat(subject) && !isLocal(subject, facts) && (virtualAddress(subject.entry)?.port ?? 0) !== 0,
  verdict(subject, facts) {
    const { entry, server } = subject;
    const { port } = virtualAddress(entry)!;
    if (server.port === port || isAnswering(subject, facts)) return undefined;
    return {
      severity: silence(subject, facts) ? "error" : "warning",
      evidence: [`${destinationId(server)}: service port ${port}`],
      why: `Direct routing and tunnels do not change ports: the server gets packets for port ${port}, whatever is entered.`,
      remedies: [
        onServer([`ss -ltun 'sport = :${port}'`], `See whether anything listens on port ${port} there:`),
        onTable(
          "forwarding",
          [ipvsadm({ kind: "edit-server", service: entry.service, server: { ...server, forwarding: "masq" } })],
          "Only NAT maps ports:",
        ),
      ],
    };
  },
};
