import { type Address, familyOf, formatEndpoint } from "../../model/address.js";
import { destinationId } from "../../model/destination.js";
import { onDirector, onTable, type ServerCheck, type Verdict } from "../check.js";
import type { Facts } from "../facts.js";
import { hostLength, ipvsadm, isAnswering, isLocal, isNat, nameOf, virtualAddress } from "./subjects.js";

/** Packets from and to such an address never leave a host. */
function isLoopback(address: Address): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** Packets with such an address never pass a router. */
function isLinkLocal(address: Address): boolean {
  return /^fe[89ab]/i.test(address);
}

/**
 * Verified on Linux 6.1, for NAT, direct routing and tunnels: packets from 127.0.0.1 and ::1 do not leave the host, whatever
 * SNAT and route_localnet say; those of a client here that uses another source do. Replies to link-local clients are not
 * routed, with or without SNAT; clients that use another source for a link-local service are served.
 */
export const loopbackService: ServerCheck = {
  id: "loopback-virtual-address",
  title: "A virtual address that no client can use for servers on other hosts",
  scope: "server",
  appliesTo: (subject, facts) => {
    const address = virtualAddress(subject.entry)?.address ?? "";
    return (isLoopback(address) || isLinkLocal(address)) && !isLocal(subject, facts) && !isAnswering(subject, facts);
  },
  verdict({ entry, server }, facts): Verdict {
    const { address } = virtualAddress(entry)!;
    const loopback = isLoopback(address);
    const { service } = entry;
    const other = { ...service, address: "VIP" };
    return {
      severity: "error",
      evidence: [
        `${nameOf(service)} is ${loopback ? "a loopback" : "a link-local"} address`,
        ...routeText(server.address, facts),
      ],
      why: loopback
        ? "Clients of a loopback address are on this host and have one, too; the kernel lets no packet with such a source out, " +
          "and SNAT comes too late. Only servers on this host can be reached so."
        : "Clients of a link-local address have one, too, and no router, this director included, passes on what is for a " +
          "link-local address: no reply gets to them.",
      remedies: [
        onTable(
          "services",
          [
            `ip addr add VIP/${hostLength(address)} dev lo`,
            ipvsadm({ kind: "add-service", service: other }),
            ipvsadm({ kind: "add-server", service: other, server }),
            ipvsadm({ kind: "delete-service", service }),
          ],
          "Give the service another address (VIP) of this host, also for clients on it:",
        ),
      ],
    };
  },
};

function routeText(address: Address, facts: Facts): string[] {
  const route = facts.route(address);
  const name = facts.link(route?.link)?.name;
  return route === undefined ? [] : [`route to ${address}: ${route.type}${name ? ` dev ${name}` : ""}`];
}

/**
 * Verified on Linux 6.1: NAT to 127.0.0.1 and ::1 is stopped for packets that come in (`ip_vs_nat_xmit`), with route_localnet,
 * too; clients on this host are served. Direct routing to them works: it leaves the address alone.
 */
export const loopbackServer: ServerCheck = {
  id: "loopback-server",
  title: "NAT to a loopback address does not work for clients on other hosts",
  scope: "server",
  appliesTo: (subject, facts) =>
    isNat(subject) &&
    isLoopback(subject.server.address) &&
    !isLoopback(virtualAddress(subject.entry)?.address ?? "") &&
    !isAnswering(subject, facts),
  verdict({ entry, server }, facts): Verdict {
    const { service } = entry;
    const { port } = server;
    const address = ownAddress(server.address, virtualAddress(entry)?.address, facts);
    return {
      severity: "error",
      evidence: [`${destinationId(server)} is a loopback address`],
      why: "The kernel drops packets from outside instead of giving them a loopback address. Only clients on this host get through.",
      remedies: [
        onTable(
          "servers",
          [
            ipvsadm({ kind: "add-server", service, server: { ...server, address } }),
            ipvsadm({ kind: "delete-server", service, server }),
          ],
          `Enter an address of this host; the server has to listen on it (${formatEndpoint(address, port)}), too:`,
        ),
        onDirector([`ss -ltnu 'sport = :${port}'`], "See where it listens:"),
      ],
    };
  },
};

/** An address of this host that others can reach, other than the virtual one where there is a choice. */
function ownAddress(like: Address, virtual: Address | undefined, facts: Facts): Address {
  const fit = [...(facts.addresses ?? [])].filter(
    (address) => familyOf(address) === familyOf(like) && !isLoopback(address) && !isLinkLocal(address),
  );
  const services = new Set(facts.table.map((entry) => virtualAddress(entry)?.address));
  return fit.find((address) => !services.has(address)) ?? virtual ?? fit[0] ?? "ADDRESS";
}
