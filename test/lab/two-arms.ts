import type { Cable, Line } from "./network.js";

// The classic place of a NAT director: between the clients and the real servers, which know no other way out.

/** The address of the services, on the director. */
export const vip = "192.0.2.100";
export const vip6 = "2001:db8:2::100";

/** Addresses of the client. */
export const client = "192.0.2.8";
export const client6 = "2001:db8:2::8";

/** Address of the nth real server, from 1. */
export const realServer = (n: number) => `10.0.0.${10 + n}`;
export const realServer6 = (n: number) => `2001:db8:1::${10 + n}`;

/** Client, director and `servers` real servers, with IPv4 and IPv6. The client has `others` as addresses too. */
export function twoArms(servers: number, others: readonly string[] = []): { cables: Cable[]; given: Line[] } {
  const numbers = Array.from({ length: servers }, (_, index) => index + 1);
  return {
    cables: [
      [
        "client",
        "outside",
        [client, ...others]
          .map((address) => `${address}/24`)
          .join(",")
          .concat(`,${client6}/64`),
      ],
      ["director", "outside", `192.0.2.1/24,${vip}/24,2001:db8:2::1/64,${vip6}/64`],
      ["director", "inside", "10.0.0.1/24,2001:db8:1::1/64"],
      ...numbers.map((n): Cable => [`rs${n}`, "inside", `${realServer(n)}/24,${realServer6(n)}/64`]),
    ],
    given: [
      ["director", "sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"],
      ...numbers.flatMap((n): Line[] => [
        [`rs${n}`, "ip r add default via 10.0.0.1"],
        [`rs${n}`, "ip r add default via 2001:db8:1::1"],
      ]),
    ],
  };
}
