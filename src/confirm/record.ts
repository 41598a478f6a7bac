import { RuleError } from "../errors.js";
import type { Change } from "../model/change.js";
import type { Configuration } from "../model/document.js";
import { rowsOf } from "../model/rows-entry.js";
import { DAEMON_STATE_NUMBERS } from "../model/settings.js";
import type { Table } from "../model/table.js";
import { noNames } from "../names/names.js";
import { formatChange } from "../options/format.js";
import { ByteLines } from "../render/bytes.js";
import { type Rule, readRules } from "../rules/read.js";
import { wantedTable } from "../rules/wanted.js";
import { writeTable } from "../rules/write.js";
import { StateError } from "../state/folder.js";
import type { ProcessMark } from "../state/process.js";
import { isChange } from "../wire/change.js";

/** Timeouts and sync daemons as they were; absent where a change does not touch them. */
export type Settings = Pick<Configuration, "timeouts" | "daemons">;

/** What there is to know of a change without reading its rules. */
export interface RecordHead {
  /** The boot that it happened in. */
  readonly boot: string;
  /** When, as ISO 8601. */
  readonly at: string;
  /** The program that made it: `ipvsadm apply`. */
  readonly by: string;
  readonly maker: ProcessMark;
  /** Seconds that it waits for a yes; absent: it does not wait for one. */
  readonly confirm?: number;
  /** Whether the picture holds the whole table; else it holds the services that the change is about. */
  readonly whole: boolean;
  readonly settings: Settings;
}

/** A change of the table as it is kept, so that it can be taken back. */
export interface ChangeRecord {
  readonly head: RecordHead;
  /** What was there before, servers oldest first. */
  readonly picture: Table;
  /** What was done, but for the servers of new services. */
  readonly changes: readonly Change[];
}

const HEAD = "# ipvsadm ";
const CHANGES = "# what was changed then:\n";
const COMMENT = "# ";

/**
 * The text of a record: a rule file that makes the picture, with everything else in its comments, so that it can be compared and
 * restored by hand. In pieces to be written one after the other.
 */
export function formatRecord({ head, picture, changes }: ChangeRecord): readonly string[] {
  return [
    `${HEAD}${JSON.stringify(head)}\n`,
    ...rulesOfTable(picture),
    CHANGES,
    ...changes.map((change) => `${COMMENT}${formatChange(change)}\n`),
  ];
}

/** Services that become text together. */
const PART = 64;

/** The rules that make a table, which may be all of a large one. */
function* rulesOfTable(table: Table): Generator<string> {
  const out = new ByteLines();
  for (let start = 0; start < table.length; start += PART) {
    out.clear();
    writeTable(out, table.slice(start, start + PART).map(rowsOf));
    yield Buffer.from(out.bytes).toString("utf8");
  }
}

/** The first line of a record. Throws StateError. */
export function parseHead(text: string, path: string): RecordHead {
  const end = text.indexOf("\n");
  const head = end > 0 && text.startsWith(HEAD) ? parseJson(text.slice(HEAD.length, end)) : undefined;
  if (!isHead(head)) throw new StateError(`${path} is not the record of a change`);
  return head;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is RecordHead {
  const { boot, at, by, maker, confirm, whole, settings } = (value ?? {}) as Partial<RecordHead>;
  return (
    [boot, at, by, maker?.start].every((text) => typeof text === "string") &&
    Number.isSafeInteger(maker?.pid) &&
    (confirm === undefined || Number.isSafeInteger(confirm)) &&
    typeof whole === "boolean" &&
    isSettings(settings)
  );
}

/** Only root writes records, so this finds files that are no records, not values that the kernel would refuse. */
function isSettings(value: unknown): value is Settings {
  const { timeouts, daemons } = (value ?? {}) as Settings;
  return (
    typeof value === "object" &&
    (timeouts === undefined || [timeouts.tcp, timeouts.tcpFin, timeouts.udp].every(Number.isSafeInteger)) &&
    (daemons === undefined || (Array.isArray(daemons) && daemons.every(({ state }) => state in DAEMON_STATE_NUMBERS)))
  );
}

/** All of a record. Throws StateError. */
export function parseRecord(text: string, path: string): ChangeRecord {
  const head = parseHead(text, path);
  const middle = text.indexOf(CHANGES);
  if (middle < 0) throw new StateError(`${path} has no end`);
  const { wanted, mistakes } = wantedTable(rulesOf(text.slice(0, middle), path));
  if (mistakes.length > 0) throw new StateError(`${path}: ${mistakes[0]!.message}`);
  const lines = text.slice(middle + CHANGES.length).replaceAll(/^# /gm, "");
  return {
    head,
    picture: wanted.table ?? [],
    changes: Array.from(rulesOf(lines, path), ({ command }) => command),
  };
}

function* rulesOf(text: string, path: string): Generator<Rule<Change>> {
  for (const rule of readRules(text, { names: noNames, program: "ipvsadm" })) {
    if (rule instanceof RuleError) throw new StateError(`${path}: ${rule.message}`);
    const { line, command } = rule;
    if (!isChange(command)) throw new StateError(`${path}: line ${line}: not a change`);
    yield { line, command };
  }
}
