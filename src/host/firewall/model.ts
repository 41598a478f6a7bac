import type { Address, Family } from "../../model/address.js";

/** A packet, or a kind of packets: what is absent is not known, and a rule that asks for it may or may not match. */
export interface Packet {
  readonly family: Family;
  /** IP protocol number. */
  readonly protocol?: number;
  readonly source?: Address;
  readonly destination?: Address;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** Names of the interfaces. */
  readonly input?: string;
  readonly output?: string;
  /** State in connection tracking: `NEW`, `ESTABLISHED`, `INVALID`, ... */
  readonly state?: string;
  readonly mark?: number;
  /** True when the packet is for this host. */
  readonly local?: boolean;
  /** True for the first packet of a TCP connection. */
  readonly syn?: boolean;
  /** The virtual service that IPVS scheduled it for (match `ipvs` of iptables). */
  readonly ipvs?: { readonly address?: Address; readonly port?: number };
}

/** Whether a packet matches; absent means that it cannot be told. */
export type Match = (packet: Packet) => boolean | undefined;

export type Verdict =
  | { readonly kind: "accept" | "drop" | "return" | "continue" | "snat" | "notrack" }
  | { readonly kind: "jump" | "goto"; readonly chain: string }
  | { readonly kind: "mark"; readonly value: number; readonly mask: number }
  /** A target that this version has no name for: it may end the walk in any way. */
  | { readonly kind: "unknown" };

export interface Rule {
  /** All have to match. */
  readonly matches: readonly Match[];
  readonly verdict: Verdict;
  /** The rule as its own tool writes it. */
  readonly text: string;
  /** The only destination that the rule is for, where it names a single host. */
  readonly destination?: Address;
  /** True when the rule asks for packets of IPVS. */
  readonly asksIpvs?: boolean;
}

/** Hooks of netfilter, in lower case. */
export type Hook = "prerouting" | "input" | "forward" | "output" | "postrouting";

export interface Chain {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** Where the kernel enters it; absent for chains that only rules jump to. */
  readonly base?: {
    readonly hook: Hook;
    /** Order among the chains of a hook, as in `<linux/netfilter_ipv4.h>`: filter is 0. */
    readonly priority: number;
    readonly policy: "accept" | "drop";
  };
}

/** Chains that can jump to each other. */
export interface Table {
  /** How its tool calls it: `iptables filter`, `nft inet filter`. */
  readonly name: string;
  readonly families: readonly Family[];
  readonly chains: ReadonlyMap<string, Chain>;
}

/** All rules of a host. */
export type Firewall = readonly Table[];

/** Takes down what could not be understood, in words for people. */
export type Unread = (what: string) => void;

/** The mask of a mark that means all of it. */
export const ALL_BITS = 0xffffffff;

/** Whether a value can be the mark of a packet. */
export function isMark(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= ALL_BITS;
}
