import { z } from "zod";

const address = z.string().describe("An IPv4 or IPv6 address.");
const port = z.int().min(0).max(65535);
const endpoint = z.strictObject({ address, port }).meta({ id: "endpoint" });

const service = z.union([
  z.strictObject({
    protocol: z.union([z.enum(["tcp", "udp", "sctp"]), z.int()]),
    address,
    port,
    scheduler: z.string(),
  }),
  z.strictObject({ fwmark: z.int(), family: z.enum(["ipv4", "ipv6"]), scheduler: z.string() }),
]);

const connection = z
  .strictObject({
    protocol: z.string(),
    client: endpoint,
    virtual: endpoint,
    destination: endpoint,
    state: z.string(),
    expires: z.int().min(0).describe("Seconds."),
    persistence: z.strictObject({ engine: z.string(), data: z.string() }).exactOptional(),
  })
  .meta({ id: "connection" });

const answer = z
  .strictObject({
    client: z.strictObject({ address, port: z.int().min(1).max(65535).exactOptional() }),
    by: z.enum(["connection", "template", "scheduler"]).describe("What decides."),
    outcome: z.enum(["server", "none", "unknown"]),
    server: endpoint.exactOptional().describe("With the outcome server."),
    candidates: z.array(endpoint).exactOptional().describe("With the outcome unknown: the servers that it may be."),
    now: endpoint.exactOptional().describe("The candidate that it would be as the counts of connections are now."),
    why: z.array(z.string()).describe("Reasons, in words that may change."),
    connections: z.array(connection).describe("Those that the client has, from its port alone where it has one."),
  })
  .meta({ id: "answer" });

const where = z
  .strictObject({
    service,
    places: z
      .strictObject({ count: z.int(), source: z.string().exactOptional().describe("Absent: the default of Linux.") })
      .exactOptional()
      .describe("The table of the scheduler sh, dh or mh."),
    servers: z.array(z.strictObject({ address, port, weight: z.int().min(0), clients: z.int().min(0) })),
    none: z.int().min(0).describe("Clients that no server gets."),
    unknown: z.int().min(0).describe("Clients of whom it cannot be known."),
    clients: z.array(answer),
  })
  .meta({ title: "ipvsadm where", description: "What ipvsadm where --json prints." });

/** What `ipvsadm where --json` prints. */
export type WhereDocument = z.output<typeof where>;
/** One client of it. */
export type AnswerDocument = z.output<typeof answer>;

/** As JSON Schema (2020-12). */
export function whereSchema(): object {
  return z.toJSONSchema(where);
}
