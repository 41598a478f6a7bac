import { realpathSync } from "node:fs";
import type { Family } from "../../model/address.js";
import type { ModuleState } from "../host.js";
import { readText } from "../proc.js";
import { findProgram, runProgram } from "../programs.js";
import { parseIptables } from "./iptables.js";
import type { Firewall, Table, Unread } from "./model.js";
import { parseNft } from "./nft.js";

/** Names of the programs and of the file that lists the tables in use, per family. */
const IPTABLES: Readonly<Record<Family, { program: string; tables: string }>> = {
  ipv4: { program: "iptables", tables: "/proc/net/ip_tables_names" },
  ipv6: { program: "ip6tables", tables: "/proc/net/ip6_tables_names" },
};

/**
 * The rules of nftables and of both kinds of iptables. A program is run only when the kernel already uses what it lists:
 * otherwise listing would load modules. Throws HostError, as for a user who may not list rules.
 *
 * @param unread is told of what could not be understood; such rules count as rules that may do anything
 */
export async function readFirewall(
  families: readonly Family[],
  module: (name: string) => ModuleState,
  unread?: Unread,
): Promise<Firewall> {
  const usesNft = ["loaded", "builtin"].includes(module("nf_tables"));
  const tables: Table[] = [];
  for (const family of families) {
    const { program, tables: names } = IPTABLES[family];
    if (readText(names)?.trim()) tables.push(...(await listIptables(family, program, "legacy", unread)));
    if (usesNft) tables.push(...(await listIptables(family, program, "nft", unread)));
  }
  const nft = findProgram("nft");
  if (usesNft && nft !== undefined) {
    const known = new Set(tables.map(({ name }) => name));
    const listed = parseNft(await runProgram(nft, ["-j", "list", "ruleset"]), unread);
    tables.push(...listed.filter(({ name }) => !known.has(asIptables(name))));
  }
  return tables;
}

async function listIptables(
  family: Family,
  program: string,
  kind: "legacy" | "nft",
  unread?: Unread,
): Promise<Table[]> {
  const path = findProgram(`${program}-${kind}-save`) ?? plainSave(program, kind);
  if (path === undefined) return [];
  const name = kind === "legacy" ? `${program}-legacy` : program;
  return parseIptables(await runProgram(path, []), family, name, unread);
}

/** The program without a kind in its name, when it is of that kind; what is neither is an old, that is legacy, one. */
function plainSave(program: string, kind: "legacy" | "nft"): string | undefined {
  const path = findProgram(`${program}-save`);
  if (path === undefined) return undefined;
  const isNft = realpathSync(path).includes("nft");
  return isNft === (kind === "nft") ? path : undefined;
}

/** iptables-nft keeps its rules in tables of nft, which both programs list: `nft ip filter` is `iptables filter`. */
function asIptables(name: string): string {
  return name.replace(/^nft ip6 /, "ip6tables ").replace(/^nft ip /, "iptables ");
}
