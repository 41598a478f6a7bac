import { UsageError } from "../errors.js";

/** Another director, reached by ssh. */
export interface Target {
  /** As it was typed, for messages: `ssh:admin@lb2:2222`. */
  readonly name: string;
  /** What ssh gets, a name of its configuration included: `admin@lb2`, `2001:db8::2`. */
  readonly host: string;
  /** Absent: as ssh's configuration has it, else 22. */
  readonly port?: number;
}

const PREFIX = "ssh:";

/** First characters of user and host are none that ssh could take for an option. */
const USER = "[A-Za-z0-9_][\\w.+@-]*";
const NAME = "[A-Za-z0-9_][\\w.-]*";
const IPV6 = "[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[\\w.-]+)?";
const TARGET = new RegExp(`^(?:(${USER})@)?(?:(${NAME})|\\[(${IPV6})\\])(?::(\\d{1,5}))?$`);

const FORMS = "ssh:HOST, ssh:USER@HOST, ssh:HOST:PORT or ssh:[IPV6]:PORT";

/** Whether a word in the place of a file means a director. A file of such a name is reached as `./ssh:…`. */
export function isTarget(word: string): boolean {
  return word.startsWith(PREFIX);
}

/** Reads `ssh:HOST`, `ssh:USER@HOST`, `ssh:HOST:PORT`, `ssh:[IPV6]:PORT`. Throws UsageError for everything else. */
export function parseTarget(name: string): Target {
  const text = isTarget(name) ? name.slice(PREFIX.length) : name;
  const [, user, plain, ipv6, port] = TARGET.exec(text) ?? [];
  const host = plain ?? ipv6;
  if (!isTarget(name) || host === undefined) throw new UsageError(`${name}: ${mistakeOf(text)}: ${FORMS}`);
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) {
    throw new UsageError(`${name}: a port is a number from 1 to 65535`);
  }
  const login = user === undefined ? host : `${user}@${host}`;
  return { name, host: login, ...(port !== undefined && { port: Number(port) }) };
}

/** Reads directors that are separated by commas, each once. Throws UsageError. */
export function parseTargets(text: string): Target[] {
  const names = text.split(",");
  if (names.includes("")) throw new UsageError(`an empty name in the list of directors: ${FORMS}`);
  const targets = names.map(parseTarget);
  const seen = new Set<string>();
  for (const { name } of targets) {
    if (seen.has(name)) throw new UsageError(`${name} is there more than once`);
    seen.add(name);
  }
  return targets;
}

function mistakeOf(text: string): string {
  if (text === "") return "no host is named";
  if (/(^|@)-/.test(text)) return "neither user nor host may begin with a dash";
  if (text.startsWith("//")) return "two slashes too many";
  if (/^([^[]*@)?[0-9A-Fa-f]*:[0-9A-Fa-f]*:/.test(text)) return "an IPv6 address needs brackets";
  return "not the name of a director";
}
