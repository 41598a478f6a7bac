import { z } from "zod";

const key = z.looseObject({}).describe("A service: protocol, address and port, or fwmark and family.");
const endpoint = z.strictObject({ address: z.string(), port: z.int().min(0).max(65535) });
const time = z.iso.datetime().describe("When it was seen.");
const change = z.enum(["added", "deleted", "changed"]);
/** Of the document that `ipvsadm schema` describes. */
const record = z.looseObject({}).describe("As in the document that ipvsadm schema describes.");
const sides = { before: record.exactOptional(), after: record.exactOptional() };
const noticed = z.literal("noticed");

const event = z
  .union([
    z.strictObject({ time, change, what: z.literal("service"), service: key, ...sides }),
    z.strictObject({ time, change, what: z.literal("server"), service: key, ...sides }),
    z.strictObject({
      time,
      change: z.literal("changed"),
      what: z.literal("order"),
      service: key,
      before: z.array(endpoint).describe("All servers, oldest first."),
      after: z.array(endpoint),
    }),
    z.strictObject({ time, change, what: z.enum(["timeouts", "daemon"]), ...sides }),
    z.strictObject({
      time,
      change: noticed,
      what: z.literal("connections"),
      service: key,
      server: endpoint,
      threshold: z.int(),
      before: z.int(),
      after: z.int(),
    }),
    z.strictObject({
      time,
      change: noticed,
      what: z.literal("replies"),
      service: key,
      server: endpoint,
      coming: z.boolean(),
      inPackets: z.union([z.int(), z.string()]).describe("64 bits: above 2^53 - 1 a string of digits."),
      outPackets: z.union([z.int(), z.string()]),
      seconds: z.number(),
    }),
  ])
  .meta({
    title: "ipvsadm monitor",
    description:
      "A line of what ipvsadm monitor --json prints: before is absent for what was added, after for what was deleted.",
  });

/** A line of `ipvsadm monitor --json`. */
export type EventDocument = z.output<typeof event>;

/** As JSON Schema (2020-12). */
export function monitorSchema(): object {
  return z.toJSONSchema(event);
}
