import { type Address, parseIpv4, parseIpv6 } from "../model/address.js";
import {
  type ForwardingMethod,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  type Tunnel,
} from "../model/destination.js";
import { refuse } from "./remarks.js";

/** The largest weight that keepalived takes. */
export const LARGEST_WEIGHT = 0x7fffffff;

/** A whole number in digits. Throws Mistake for all else. */
export function number(text: string, least: number, greatest: number): number {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= greatest
    ? value
    : refuse(`must be a whole number from ${least} to ${greatest}, not ${shown(text)}`);
}

/** An address as inet_pton(3) reads it. keepalived cuts a prefix or a range off; here it is a mistake. */
export function address(text: string): Address {
  return parseIpv4(text) ?? parseIpv6(text) ?? refuse(`${shown(text)} is not an address`);
}

/** A port, absent without a word. */
export function port(text: string | undefined): number | undefined {
  return text === undefined ? undefined : number(text, 0, 65535);
}

/** One of some words, with what it stands for; keepalived does not fold their case unless `fold` says so. */
export function choice<T>(text: string, choices: ReadonlyMap<string, T>, fold = false): T {
  const found = choices.get(fold ? text.toUpperCase() : text);
  return found ?? refuse(`must be one of ${[...choices.keys()].join(", ")}, not ${shown(text)}`);
}

/** The words that keepalived takes for yes and no. */
export const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["on", "true", "yes"].map((word) => [word, true] as const),
  ...["off", "false", "no"].map((word) => [word, false] as const),
]);

/** How packets reach a server, and the encapsulation where that is not plain. */
export interface Method {
  readonly forwarding: ForwardingMethod;
  readonly tunnel?: Tunnel;
}

const METHODS: ReadonlyMap<string, ForwardingMethod> = new Map<string, ForwardingMethod>([
  ["NAT", "masq"],
  ["DR", "route"],
  ["TUN", "tunnel"],
]);

const CHECKSUMS: ReadonlyMap<string, number> = new Map([
  ["nocsum", IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM],
  ["csum", IP_VS_TUNNEL_ENCAP_FLAG_CSUM],
  ["remcsum", IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM],
]);

const TUNNELS: ReadonlyMap<string, "ipip" | "gue" | "gre"> = new Map([
  ["ipip", "ipip"],
  ["gue", "gue"],
  ["gre", "gre"],
]);

/** `NAT`, `DR`, `TUN [type ipip|gue|gre] [port N] [nocsum|csum|remcsum]`, the options in any order. */
export function method([kind, ...options]: readonly string[]): Method {
  const forwarding = choice(kind!, METHODS);
  if (forwarding !== "tunnel") return options.length === 0 ? { forwarding } : refuse(`${kind} has no options`);
  let type: "ipip" | "gue" | "gre" = "ipip";
  let tunnelPort = 0;
  let flags = 0;
  for (let at = 0; at < options.length; at++) {
    const word = options[at]!;
    if (word === "type") type = choice(options[++at] ?? "", TUNNELS);
    else if (word === "port") tunnelPort = number(options[++at] ?? "", 1, 65535);
    else
      flags =
        CHECKSUMS.get(word) ?? refuse(`TUN has the options type, port, nocsum, csum and remcsum, not ${shown(word)}`);
  }
  if ((type === "gue") !== tunnelPort > 0) return refuse("type gue needs a port, and the others have none");
  if (type === "ipip" && flags !== 0) return refuse("type ipip has no checksum");
  if (type === "gre" && flags === IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM) return refuse("type gre has no remcsum");
  return type === "ipip" ? { forwarding } : { forwarding, tunnel: { type, port: tunnelPort, flags } };
}

/** Characters of a word that a message shows. */
const LONGEST_SHOWN = 80;

/** A word of the file in a message; a parameter that is left in it explains the mistake. */
export function shown(text: string): string {
  const [parameter] = /\$\w+/.exec(text) ?? [];
  const word =
    text === "" ? "nothing" : JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text);
  return parameter === undefined ? word : `${word} (the value of ${parameter} is not known)`;
}
