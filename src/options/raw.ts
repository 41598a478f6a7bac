import { UsageError } from "../errors.js";
import { own } from "../model/own.js";
import type { CommandName } from "./options.js";
import { parseNumber } from "./values.js";

const SERVICES = ["add-service", "edit-service"] as const;
const SERVERS = ["add-server", "edit-server"] as const;
const NAMES_SERVICE = [...SERVICES, ...SERVERS, "delete-service", "delete-server", "zero", "list"] as const;

/** A field that `--raw` can give, from 0 on, and the commands that have it. */
interface Field {
  readonly greatest: number;
  readonly commands: readonly CommandName[];
}

/**
 * The fields of the kernel's records that can have values for which ipvsadm 1.31 has no words, as numbers of `<linux/ip_vs.h>`.
 * Services and servers have a `port`; the one of the record that the command is about is meant.
 */
const FIELDS = {
  protocol: { greatest: 0xff, commands: NAMES_SERVICE },
  port: { greatest: 0xffff, commands: [...SERVICES, ...SERVERS] },
  flags: { greatest: 0xffffffff, commands: SERVICES },
  timeout: { greatest: 0xffffffff, commands: SERVICES },
  forwarding: { greatest: 7, commands: SERVERS },
  "u-threshold": { greatest: 0xffffffff, commands: SERVERS },
  "l-threshold": { greatest: 0xffffffff, commands: SERVERS },
  "tun-type": { greatest: 0xff, commands: SERVERS },
  "tun-port": { greatest: 0xffff, commands: SERVERS },
  "tun-flags": { greatest: 0xffff, commands: SERVERS },
} as const satisfies Readonly<Record<string, Field>>;

/** Fields as the kernel has them, which count whatever the other options say. */
export type Raw = { readonly [K in keyof typeof FIELDS]?: number | undefined };

/** Reads `port=8080,forwarding=1`. Throws UsageError. */
export function parseRaw(text: string, command: CommandName): Raw {
  const raw = new Map<string, number>();
  for (const item of text.split(",")) {
    const [, name = item, digits = ""] = /^([^=]*)=(.*)$/.exec(item) ?? [];
    const field = own<Field>(FIELDS, name);
    if (field === undefined) {
      throw new UsageError(`there is no raw field \`${name}'; there are ${Object.keys(FIELDS).join(", ")}`);
    }
    if (!field.commands.includes(command)) {
      throw new UsageError(`Illegal raw field '${name}' with the '${command}' command`);
    }
    if (raw.has(name)) throw new UsageError(`multiple raw fields '${name}' specified`);
    const value = parseNumber(digits, 0, field.greatest);
    if (value === undefined) {
      throw new UsageError(`illegal raw field '${name}' specified: it is a number from 0 to ${field.greatest}`);
    }
    raw.set(name, value);
  }
  return Object.fromEntries(raw);
}

/** ` --raw port=8080,forwarding=1`; nothing where no field is given. */
export function formatRaw(raw: Raw): string {
  const given = Object.entries(raw).filter(([, value]) => value !== undefined);
  return given.length === 0 ? "" : ` --raw ${given.map(([name, value]) => `${name}=${value}`).join(",")}`;
}
