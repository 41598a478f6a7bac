import type { Address } from "../model/address.js";
import type { Place } from "./remarks.js";
import type { Statement } from "./statements.js";
import { address, BOOLEANS, choice, LARGEST_WEIGHT, type Method, method, number, port } from "./values.js";
import { ignored, type Words } from "./words.js";

/** A `real_server` as it is written. Absent fields are what the virtual server or keepalived has. */
export interface ServerDraft {
  readonly place: Place;
  readonly address: Address;
  readonly port?: number;
  weight?: number;
  method?: Method;
  upperThreshold: number;
  lowerThreshold: number;
  /** A failed check makes its weight 0 instead of deleting it. Absent: as the virtual server. */
  inhibited?: boolean;
  /** It has checks, which can fail. */
  checked: boolean;
  /** A check changes its weight. */
  weighed: boolean;
}

/** `ADDRESS [PORT]` of a real server; port 0 is the same as none. Throws Mistake. */
export function serverDraft(place: Place, args: readonly string[]): ServerDraft {
  const given = port(args[1]) || undefined;
  const values = { upperThreshold: 0, lowerThreshold: 0, checked: false, weighed: false };
  return { place, address: address(args[0]!), ...(given !== undefined && { port: given }), ...values };
}

const CHECKERS =
  "HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK MISC_CHECK BFD_CHECK UDP_CHECK PING_CHECK FILE_CHECK".split(" ");

/** The words of a `real_server` block. */
export const SERVER_WORDS: Words<ServerDraft> = new Map([
  ...ignored<ServerDraft>(
    "alpha connect_timeout delay_before_retry delay_loop nb_get_retry notify_down notify_up retry smtp_alert snmp_name " +
      "virtualhost warmup",
  ),
  ["weight", { args: [1, 1], read: (_draft, [text]) => ({ weight: number(text!, 0, LARGEST_WEIGHT) }) }],
  ["lvs_method", { args: [1, 7], read: (_draft, args) => ({ method: method(args) }) }],
  ["uthreshold", { args: [1, 1], read: (_draft, [text]) => ({ upperThreshold: threshold(text!) }) }],
  ["lthreshold", { args: [1, 1], read: (_draft, [text]) => ({ lowerThreshold: threshold(text!) }) }],
  [
    "inhibit_on_failure",
    {
      args: [0, 1],
      read: (_draft, [text]) => ({ inhibited: text === undefined || choice(text, BOOLEANS) }),
    },
  ],
  ...CHECKERS.map((word): [string, Words<ServerDraft> extends ReadonlyMap<string, infer W> ? W : never] => [
    word,
    {
      args: [0, 0],
      block: true,
      read: (draft, _args, statement) => ({ checked: true, weighed: draft.weighed || weighs(statement) }),
    },
  ]),
]);

const threshold = (text: string): number => number(text, 0, 0xffffffff);

/** Whether a check changes the weight of its server: misc_dynamic, and a file whose value is added. */
function weighs({ word, block = [] }: Statement): boolean {
  const words = block.map((statement) => statement.word);
  return (
    words.includes("misc_dynamic") || (word === "FILE_CHECK" && (words.includes("dynamic") || words.includes("weight")))
  );
}
