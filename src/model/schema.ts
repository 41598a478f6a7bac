import { z } from "zod";
import { parseIpv4, parseIpv6 } from "./address.js";
import type { Connection } from "./connection.js";
import type { Mistake } from "./document.js";
import { SCHEDULER_FLAGS } from "./scheduler-flags.js";
import { messageOf, mistakesFrom } from "./schema-mistakes.js";
import type { ServiceOptions } from "./service.js";
import type { Daemon, Info, Timeouts } from "./settings.js";
import type { Stats } from "./stats.js";
import type { LiveDestination } from "./table.js";

const U16 = 0xffff;
const I31 = 0x7fffffff;
const U32 = 0xffffffff;
const U64 = 2n ** 64n - 1n;

function whole(least: number, greatest: number) {
  const error = `must be a whole number from ${least} to ${greatest}`;
  return z.int(error).min(least, error).max(greatest, error);
}

function text(pattern: RegExp, error: string) {
  return z.string(error).regex(pattern, error);
}

/** A word or, for what this version has no word for, a number. */
function wordOr<const T extends readonly string[]>(words: T, number: z.ZodInt, or: string) {
  return z.union([z.enum(words), number], { error: `must be one of ${words.join(", ")}, or ${or}` });
}

const kernelName = text(/^[!-~]{1,15}$/, "must be a name of 1 to 15 characters without blanks");
const port = whole(0, U16);
const address = z
  .string("must be an IPv4 or IPv6 address")
  .refine((value) => (parseIpv4(value) ?? parseIpv6(value)) !== undefined, "must be an IPv4 or IPv6 address");
const family = z.enum(["ipv4", "ipv6"], "must be ipv4 or ipv6");
const protocol = wordOr(["tcp", "udp", "sctp"], whole(0, 255), "another protocol's number from 0 to 255");

const counterError =
  "must be a whole number from 0 to 18446744073709551615, as a string of digits above 9007199254740991";
const counter = z
  .union(
    [
      z.int(counterError).min(0, counterError),
      z
        .string()
        .regex(/^(0|[1-9][0-9]{0,19})$/, { error: counterError, abort: true })
        .refine((digits) => BigInt(digits) <= U64, counterError),
    ],
    counterError,
  )
  .meta({
    id: "counter",
    description: "64 bits, exact: a number up to 9007199254740991 (2^53 - 1), above it a string of digits.",
  });

const stats = z
  .strictObject({
    connections: counter.describe("Connections scheduled since the service was added or its counters were zeroed."),
    inPackets: counter,
    outPackets: counter,
    inBytes: counter,
    outBytes: counter,
    connectionRate: counter.describe("Connections per second, the kernel's moving average."),
    inPacketRate: counter,
    outPacketRate: counter,
    inByteRate: counter,
    outByteRate: counter,
  })
  .meta({ id: "stats", description: "Counters and rates. Ignored on input." });

const checksum = wordOr(["nocsum", "csum", "remcsum"], whole(0, U16), "the kernel's bits as a number");

const tunnel = z
  .strictObject({
    type: wordOr(["ipip", "gue", "gre"], whole(0, 255), "the kernel's number"),
    port: port.default(0).describe("UDP port; only gue has one, and needs it."),
    checksum: checksum
      .default("nocsum")
      .describe("Checksums of gue and gre; remcsum (remote checksum offload) is for gue only. ipip has none."),
  })
  .meta({ id: "tunnel", description: "Encapsulation of a tunnel server; absent means ipip." });

const raw = z
  .boolean()
  .exactOptional()
  .describe(
    "True: taken as it is, though its fields contradict each other. Written for what other programs installed.",
  );

const destination = z
  .strictObject({
    address: address.describe("Of the service's family, except for tunnel servers."),
    port,
    forwarding: wordOr(["masq", "local", "tunnel", "route", "bypass"], whole(0, 7), "the kernel's number")
      .default("route")
      .describe("How packets reach the server."),
    weight: whole(0, I31).default(1).describe("0 takes no new connections."),
    upperThreshold: whole(0, U32).default(0).describe("No new connections above so many; 0 means no limit."),
    lowerThreshold: whole(0, U32).default(0).describe("New connections again below so many; at most upperThreshold."),
    tunnel: tunnel.exactOptional(),
    raw,
    activeConnections: whole(0, U32).exactOptional().describe("Live figure, ignored on input."),
    inactiveConnections: whole(0, U32).exactOptional().describe("Live figure, ignored on input."),
    persistentConnections: whole(0, U32).exactOptional().describe("Live figure, ignored on input."),
    stats: stats.exactOptional(),
  })
  .meta({ id: "destination", description: "A real server." });

const schedulerFlags = z.enum(
  SCHEDULER_FLAGS.map(({ name }) => name),
  `must be one of ${SCHEDULER_FLAGS.map(({ name }) => name).join(", ")}`,
);

const serviceOptions = {
  scheduler: kernelName.default("wlc"),
  persistent: z.boolean().default(false).describe("Whether clients stay with their server."),
  timeout: whole(0, U32).exactOptional().describe("Seconds of persistence. Default 360 with persistent, else 0."),
  netmask: z
    .union([z.string(), whole(1, 128)], "must be a dotted mask or a prefix length")
    .exactOptional()
    .describe("Clients that persistence takes for one: dotted for IPv4, prefix length for IPv6."),
  persistenceEngine: kernelName.exactOptional().describe("Such as sip."),
  onePacket: z.boolean().default(false).describe("One-packet scheduling, for UDP and firewall marks."),
  schedulerFlags: z
    .array(schedulerFlags)
    .default([])
    .describe("flag-1 to flag-3 go with any scheduler, the others with the one in their name."),
  raw,
  otherFlags: whole(0, U32).exactOptional().describe("Flag bits of the kernel that the fields above do not stand for."),
  stats: stats.exactOptional(),
  destinations: z.array(destination).default([]),
};

const addressService = z
  .strictObject({
    protocol,
    address,
    port: port.describe("0 means all ports, for persistent services."),
    ...serviceOptions,
  })
  .meta({ id: "addressService", description: "A virtual service found by protocol, address and port." });

const fwmarkService = z
  .strictObject({ fwmark: whole(1, U32), family: family.default("ipv4"), ...serviceOptions })
  .meta({ id: "fwmarkService", description: "A virtual service found by the mark of a firewall rule." });

const endpoint = z.strictObject({ address, port }).meta({ id: "endpoint" });

const connection = z
  .strictObject({
    protocol: z.string().describe("The kernel's word in lower case; ip for templates of firewall marks."),
    client: endpoint,
    virtual: endpoint,
    destination: endpoint,
    state: z.string().describe("The kernel's word, such as ESTABLISHED."),
    expires: z.int().min(0).describe("Seconds until the entry is forgotten."),
    persistence: z
      .strictObject({ engine: z.string(), data: z.string().describe("One character per byte.") })
      .exactOptional(),
  })
  .meta({ id: "connection", description: "A connection, or a template that ties a client to its server." });

const seconds = whole(0, I31);
const timeouts = z
  .strictObject({ tcp: seconds, tcpFin: seconds, udp: seconds })
  .meta({ id: "timeouts", description: "Seconds after which idle connections are forgotten; on input, 0 keeps." });

const daemon = z
  .strictObject({
    state: z.enum(["master", "backup"], "must be master or backup"),
    interface: kernelName,
    syncId: whole(0, 255),
    syncMaxLength: whole(1, 65507).exactOptional().describe("Largest sync message in bytes."),
    multicastGroup: address.exactOptional(),
    multicastPort: whole(1, U16).exactOptional(),
    multicastTtl: whole(1, 255).exactOptional(),
  })
  .meta({ id: "daemon", description: "A connection sync daemon. On input, what is absent is the kernel's choice." });

const documentSchema = z
  .strictObject({
    ipvs: z
      .strictObject({ version: z.string(), connectionTableSize: whole(0, U32) })
      .exactOptional()
      .describe("The kernel's IPVS. Ignored on input."),
    services: z
      .array(z.union([addressService, fwmarkService]))
      .exactOptional()
      .describe("The table. Absent is not empty: a document without it says nothing about services."),
    connections: z.array(connection).exactOptional().describe("Ignored on input."),
    timeouts: timeouts.exactOptional(),
    daemons: z.array(daemon).exactOptional(),
  })
  .meta({
    title: "ipvsadm",
    description:
      "One shape for every listing and for saved tables: each holds the parts that it is about. Addresses and ports are always numbers.",
  });

/** What `--json` prints and what `apply`, `diff` and `check` read; complete: what is optional on input has its default. */
export type Document = z.output<typeof documentSchema>;
/** A service with its servers. */
export type ServiceDocument = NonNullable<Document["services"]>[number];
/** A real server; live figures only where they were read. */
export type DestinationDocument = z.output<typeof destination>;
/** A connection. */
export type ConnectionDocument = z.output<typeof connection>;
/** Counters and the kernel's averages per second. */
export type StatsDocument = z.output<typeof stats>;
/** 64 bits, exact: a number up to 2^53 - 1, above it a string of digits. */
export type Counter = z.output<typeof counter>;

type Never<T extends never> = T;

/** Does not compile when the model has a field that the document does not carry. */
export type NotCarried = Never<
  | Exclude<keyof Info, keyof NonNullable<Document["ipvs"]>>
  | Exclude<keyof Timeouts, keyof NonNullable<Document["timeouts"]>>
  | Exclude<keyof Daemon, keyof NonNullable<Document["daemons"]>[number]>
  | Exclude<keyof ServiceOptions, keyof ServiceDocument | "flags">
  | Exclude<keyof LiveDestination, keyof DestinationDocument>
  | Exclude<keyof Stats, keyof StatsDocument>
  | Exclude<keyof Connection, keyof ConnectionDocument>
>;

/** The schema as JSON Schema (2020-12), for what is read; what is printed fits it as well. */
export function jsonSchema(): object {
  return z.toJSONSchema(documentSchema, { io: "input" });
}

/**
 * Whether a value (as JSON.parse returns it) has the shape of a document: the document with all defaults filled in, or
 * what is wrong with it.
 */
export function checkShape(
  value: unknown,
): { readonly document: Document } | { readonly mistakes: readonly Mistake[] } {
  const result = documentSchema.safeParse(value, { error: messageOf });
  return result.success ? { document: result.data } : { mistakes: mistakesFrom(result.error.issues, value) };
}
