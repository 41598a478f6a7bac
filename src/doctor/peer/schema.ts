import { z } from "zod";
import { parseIpv4, parseIpv6 } from "../../model/address.js";
import { DocumentError, type Mistake } from "../../model/document.js";
import { messageOf, mistakesFrom } from "../../model/schema-mistakes.js";

/** The version of the facts that are written, and the only one that is read. */
export const FACTS_VERSION = 1;

/** More than these no director has; a list that is longer is not taken. */
const MANY = 1_000_000;
const FEW = 1000;

function text(pattern: RegExp, error: string) {
  return z.string(error).regex(pattern, error);
}

function whole(least: number, greatest: number) {
  const error = `must be a whole number from ${least} to ${greatest}`;
  return z.int(error).min(least, error).max(greatest, error);
}

const count = whole(0, Number.MAX_SAFE_INTEGER);
const flag = z.boolean("must be true or false");
const word = (longest: number) =>
  text(new RegExp(`^[!-~]{1,${longest}}$`), `must be a word of 1 to ${longest} characters`);
const address = z
  .string("must be an IPv4 or IPv6 address")
  .refine((value) => parseIpv4(value) === value || parseIpv6(value) === value, "must be an IPv4 or IPv6 address");
const network = text(/^[0-9a-f:.]{2,45}\/\d{1,3}$/, "must be a network such as 10.0.0.0/24");
const interfaceName = word(15);
const program = word(64);

const facts = z.object({
  facts: z.literal(FACTS_VERSION, `must be ${FACTS_VERSION}: facts of another version cannot be read`),
  host: text(/^[\w.-]{1,64}$/, "must be the name of a host"),
  time: z.iso.datetime("must be a time such as 2026-11-26T02:00:00.000Z"),
  namespace: text(/^[!-~]{1,64} [0-9:]{1,64}$/, "must be a boot and a network namespace"),
  kernel: z.object({
    release: word(64),
    machine: word(64),
    tables: z.object({ sh: whole(4, 16), dh: whole(4, 16), mh: whole(8, 17) }).exactOptional(),
  }),
  connections: z.object({ active: count, inactive: count, persistent: count }),
  parameters: z
    .record(
      text(/^[a-z][a-z0-9_.]{0,63}$/, "must be the name of a kernel parameter"),
      text(/^-?\d{1,20}( -?\d{1,20}){0,7}$/, "must be numbers"),
    )
    .exactOptional(),
  syncInterfaces: z
    .array(
      z.object({
        name: interfaceName,
        mtu: whole(0, 0xffffffff),
        up: flag,
        carrier: flag,
        multicast: flag,
        networks: z.array(network).max(FEW, `must not hold more than ${FEW}`),
      }),
    )
    .max(FEW, `must not hold more than ${FEW}`)
    .exactOptional(),
  virtualAddresses: z
    .array(
      z.object({
        address,
        local: flag,
        interface: interfaceName.exactOptional(),
        arp: flag.exactOptional(),
        answersIn: network.exactOptional(),
      }),
    )
    .max(MANY, `must not hold more than ${MANY}`)
    .exactOptional(),
  writers: z.array(program).max(FEW, `must not hold more than ${FEW}`).exactOptional(),
  movers: z.array(program).max(FEW, `must not hold more than ${FEW}`).exactOptional(),
  unread: z.array(z.string("must be a text").max(FEW, `must not be longer than ${FEW}`)).max(FEW),
  ipvs: z
    .record(z.string(), z.unknown(), "must be an object")
    .describe("What ipvsadm -S --all --nosort --json prints."),
});

/** What `ipvsadm doctor --facts` prints. Fields that are not named are ignored, so that later versions may add some. */
export type FactsDocument = z.output<typeof facts>;

/** Checks a value as JSON.parse returns it; all but `ipvs`. Throws DocumentError with all that is wrong. */
export function checkFacts(value: unknown, known: readonly Mistake[] = []): FactsDocument {
  const result = facts.safeParse(value, { error: messageOf });
  const mistakes = [...known, ...(result.success ? [] : mistakesFrom(result.error.issues, value))];
  if (mistakes.length > 0) throw new DocumentError(mistakes);
  return result.data!;
}
