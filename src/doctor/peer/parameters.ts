import type { Severity } from "../finding.js";

/** When a parameter counts: with sync daemons on either side, with NAT servers of a family, or always. */
export type Relevance = "always" | "sync" | "nat ipv4" | "nat ipv6";

/** A kernel parameter in which two directors should agree. */
export interface Parameter {
  readonly name: string;
  /** Of Linux; the side that still has it was probably forgotten. */
  readonly usual: string;
  readonly severity: Severity;
  readonly relevance: Relevance;
  /** What a difference leads to. */
  readonly why: string;
  /** Values that mean the same for this comparison. */
  readonly same?: Readonly<Record<string, string>>;
}

const VS = "net.ipv4.vs.";

/** While memory is short the kernel itself turns 1 into 2. */
const AUTOMATIC = { "2": "1" };

/** See ipvs-sysctl.rst and ip-sysctl.rst of the kernel's documentation; schedule_icmp stands in ip_vs_core.c alone. */
export const PARAMETERS: readonly Parameter[] = [
  {
    name: `${VS}sync_ports`,
    usual: "1",
    severity: "error",
    relevance: "sync",
    why: "The master spreads its messages over so many UDP ports, and what goes to a port on which no backup listens is lost. The value counts when the first daemon of a director starts: stop all there, and start them anew.",
  },
  {
    name: `${VS}sync_version`,
    usual: "1",
    severity: "warning",
    relevance: "sync",
    why: "Messages of version 0 carry no IPv6 connections, and neither firewall marks nor timeouts of persistence: what is synchronised depends on which side is master.",
  },
  {
    name: `${VS}sync_threshold`,
    usual: "3 50",
    severity: "warning",
    relevance: "sync",
    why: "It says after how many packets a connection is synchronised, and how often again: which connections survive a takeover depends on which side was master.",
  },
  {
    name: `${VS}sync_refresh_period`,
    usual: "0",
    severity: "warning",
    relevance: "sync",
    why: "It says how often an idle connection is synchronised again: on one side long connections are told in time, on the other they may have ended at a takeover.",
  },
  {
    name: `${VS}sync_retries`,
    usual: "0",
    severity: "info",
    relevance: "sync",
    why: "It says how often a connection is synchronised once more, against lost messages.",
  },
  {
    name: `${VS}sync_persist_mode`,
    usual: "0",
    severity: "warning",
    relevance: "sync",
    why: "With 1 the connections of persistent services are left out, and their templates alone are synchronised.",
  },
  {
    name: `${VS}conn_reuse_mode`,
    usual: "1",
    severity: "warning",
    relevance: "always",
    why: "It says what becomes of a client that uses a port again: on one side it gets a new server, on the other it stays with its old one.",
  },
  {
    name: `${VS}expire_nodest_conn`,
    usual: "0",
    severity: "warning",
    relevance: "always",
    why: "With 1 connections to a removed server end at once; with 0 their packets are dropped until the client gives up.",
  },
  {
    name: `${VS}expire_quiescent_template`,
    usual: "0",
    severity: "warning",
    relevance: "always",
    why: "With 1 persistent clients leave a server of weight 0; with 0 they keep coming back to it.",
  },
  {
    name: `${VS}sloppy_tcp`,
    usual: "0",
    severity: "warning",
    relevance: "always",
    why: "With 1 a director takes over TCP connections that it has not seen begin, as after a takeover or a change of routes; with 0 it drops their packets.",
  },
  {
    name: `${VS}sloppy_sctp`,
    usual: "0",
    severity: "info",
    relevance: "always",
    why: "With 1 a director takes over SCTP associations that it has not seen begin.",
  },
  {
    name: `${VS}schedule_icmp`,
    usual: "0",
    severity: "warning",
    relevance: "always",
    why: "With 1 ICMP errors for connections that the director does not know go to the server that would get them, which path MTU discovery needs after a takeover; with 0 they go nowhere.",
  },
  {
    name: `${VS}backup_only`,
    usual: "0",
    severity: "warning",
    relevance: "always",
    why: "With 1 a director whose only daemon is a backup leaves packets alone that the active one sends to it as a real server; with 0 it schedules them once more, back and forth.",
  },
  {
    name: `${VS}conntrack`,
    usual: "0",
    severity: "warning",
    relevance: "always",
    why: "With 0 packets of IPVS are hidden from connection tracking, and rules such as MASQUERADE do nothing to them.",
  },
  {
    name: `${VS}snat_reroute`,
    usual: "1",
    severity: "warning",
    relevance: "always",
    why: "With 0 answers of NAT servers leave by the route of the server's address, not of the virtual one.",
  },
  {
    name: `${VS}pmtu_disc`,
    usual: "1",
    severity: "info",
    relevance: "always",
    why: "With 0 packets to tunnel servers are cut in pieces instead of being refused when they are too large.",
  },
  {
    name: `${VS}nat_icmp_send`,
    usual: "0",
    severity: "info",
    relevance: "always",
    why: "With 1 servers are told by ICMP of answers whose connection the director does not know.",
  },
  {
    name: `${VS}cache_bypass`,
    usual: "0",
    severity: "info",
    relevance: "always",
    why: "With 1 connections that no server can take go to their original destination.",
  },
  {
    name: `${VS}ignore_tunneled`,
    usual: "0",
    severity: "info",
    relevance: "always",
    why: "With 1 packets that came out of a tunnel are left alone.",
  },
  {
    name: `${VS}secure_tcp`,
    usual: "0",
    severity: "warning",
    relevance: "always",
    why: "With 3, or when memory is short, half open connections end earlier on one side.",
    same: AUTOMATIC,
  },
  {
    name: `${VS}drop_entry`,
    usual: "0",
    severity: "warning",
    relevance: "always",
    why: "It says whether, and when, half open connections are dropped at random.",
    same: AUTOMATIC,
  },
  {
    name: `${VS}drop_packet`,
    usual: "0",
    severity: "warning",
    relevance: "always",
    why: "It says whether, and when, packets are dropped before they are scheduled.",
    same: AUTOMATIC,
  },
  {
    name: `${VS}conn_max`,
    usual: "1073741824",
    severity: "warning",
    relevance: "always",
    why: "At its limit a director drops packets of new connections, and the two have different ones.",
  },
  {
    name: "net.ipv4.ip_forward",
    usual: "0",
    severity: "error",
    relevance: "nat ipv4",
    why: "A director that does not forward packets drops the answers of NAT servers.",
  },
  {
    name: "net.ipv6.conf.all.forwarding",
    usual: "0",
    severity: "error",
    relevance: "nat ipv6",
    why: "A director that does not forward packets drops the answers of NAT servers.",
  },
];
