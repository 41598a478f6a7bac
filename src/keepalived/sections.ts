import { BYTE_ORDER_MARK } from "../rules/read.js";

/** What a section of a keepalived.conf is to the table. */
export type Section = "service" | "group" | "global" | "elsewhere" | "ignored";

/** What may stand at the top of a keepalived.conf (keepalived.conf(5)), and what it is to the table. */
export const SECTIONS: ReadonlyMap<string, Section> = new Map<string, Section>([
  ["virtual_server", "service"],
  ["virtual_server_group", "group"],
  ["global_defs", "global"],
  ["net_namespace", "elsewhere"],
  ["net_namespace_ipvs", "elsewhere"],
  ...(
    "bfd_instance child_wait_time garp_group instance interface_up_down_delays linkbeat_interfaces linkbeat_use_polling " +
    "namespace_with_ipsets SSL static_ipaddress static_routes static_rules track_file track_group track_process " +
    "use_pid_dir vrrp_instance vrrp_script vrrp_sync_group vrrp_track_file vrrp_track_process"
  )
    .split(" ")
    .map((word) => [word, "ignored"] as const),
]);

/** The words that read another file in the place of their line. */
export const INCLUDE = /^[ \t-\r]*(include[rmwba]?)(?:[ \t-\r]+(.*))?$/;

const FIRST_WORD = /^[ \t-\r]*([^ \t-\r{#!][^ \t-\r{]*)?/;
const OTHER_BEGINNING = /^(?:\$\w+=|@\^?\w|~(?:SEQx?|LST)\b|include[rmwba]?$)/;

/**
 * Whether a text is a keepalived.conf, and not rules: by its first word behind blank lines and comments. No rule begins with a
 * section's name, a parameter (`$X=`), a condition (`@ID`) or a sequence (`~SEQ`).
 */
export function isKeepalived(text: string): boolean {
  const { word } = firstWord(text) ?? {};
  return word !== undefined && (SECTIONS.has(word) || OTHER_BEGINNING.test(word));
}

/** The first line of a text that is likely to begin a block, although no section is called so; absent: there is none. */
export function unknownBlock(text: string): { readonly line: number; readonly word: string } | undefined {
  const first = firstWord(text);
  return first !== undefined && /^\w/.test(first.word) && first.rest.includes("{") ? first : undefined;
}

/** Where comments and blank lines end; absent: there is nothing else. */
function firstWord(text: string): { readonly line: number; readonly word: string; readonly rest: string } | undefined {
  const begin = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  for (let start = begin, line = 1; start < text.length; line++) {
    const end = text.indexOf("\n", start);
    const stop = end === -1 ? text.length : end;
    const rest = text.slice(start, stop);
    const word = FIRST_WORD.exec(rest)?.[1];
    if (word !== undefined) return { line, word, rest };
    start = stop + 1;
  }
  return undefined;
}
