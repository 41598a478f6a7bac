import {
  type Destination,
  type ForwardingMethod,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  PLAIN_TUNNEL,
} from "../model/destination.js";

const FORWARDING_WORDS = { masq: "Masq", local: "Local", tunnel: "Tunnel", route: "Route", bypass: "Bypass" } as const;

/** The Forward column: a word, or the bare number of a method without a name. */
export function forwardingText(method: ForwardingMethod): string {
  return typeof method === "number" ? String(method) : FORWARDING_WORDS[method];
}

const CHECKSUM_WORDS = new Map([
  [IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM, "-c"],
  [IP_VS_TUNNEL_ENCAP_FLAG_CSUM, "+c"],
  [IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM, "r+c"],
]);

/** The TunnelInfo column: `ipip`, `gue:6080:-c`, `gre:+c`; `n/a` where there is no tunnel or one of unknown type. */
export function tunnelText({ forwarding, tunnel = PLAIN_TUNNEL }: Destination): string {
  if (forwarding !== "tunnel") return "n/a";
  const checksum = CHECKSUM_WORDS.get(tunnel.flags) ?? `0x${tunnel.flags.toString(16)}`;
  switch (tunnel.type) {
    case "ipip":
      return "ipip";
    case "gue":
      return `gue:${tunnel.port}:${checksum}`;
    case "gre":
      return `gre:${checksum}`;
    default:
      return "n/a";
  }
}
