import { type Destination, destinationId } from "../../../model/destination.js";
import type { Service } from "../../../model/service.js";
import type { Difference } from "../../../rules/diff.js";
import { sameDestination } from "../../../rules/diff.js";
import { heedsOrder } from "../../../rules/order.js";
import { ipvsadm, nameOf } from "../../checks/subjects.js";
import type { TablePart } from "../../finding.js";
import { eitherWay, OTHER, onSide, type Pair, type PairCheck, PLACE, seen, WHERE, type Where } from "../pair.js";

/** Programs that take servers out, or give them weight 0, when these fail their checks. */
const CHECKING: ReadonlySet<string> = new Set(["keepalived", "ldirectord"]);

/** Servers in which services differ that are on both sides. */
function* differing({ differences }: Pair): Generator<{ service: Service; server: Difference<Destination> }> {
  for (const { service, servers } of differences) {
    if (service.before === undefined || service.after === undefined) continue;
    for (const server of servers) yield { service: service.before, server };
  }
}

/** What takes failed servers out, as the beginning of a sentence; absent where no such program runs. */
function checker({ [WHERE[0]]: here, [WHERE[1]]: there }: Pair, where: Where): string | undefined {
  const side = where === "here" ? here : there;
  if (side.writers === undefined) return "keepalived and ldirectord take";
  const program = side.writers.find((name) => CHECKING.has(name));
  return program && `${program} takes`;
}

export const serverMissing: PairCheck = {
  id: "peer-server-missing",
  title: "A server is on one of the directors only",
  *judge(pair) {
    for (const { service, server } of differing(pair)) {
      for (const where of WHERE) {
        const there = server[PLACE[where]];
        const lacking = OTHER[where];
        if (there === undefined || server[PLACE[lacking]] !== undefined) continue;
        const program = checker(pair, lacking);
        const name = pair.names[lacking];
        yield {
          entry: { service },
          server: there,
          verdict: {
            severity: program === undefined ? "error" : "warning",
            title: `Servers are on ${pair.names[where]} only`,
            evidence: [
              seen(pair, where, `${nameOf(service)} -> ${destinationId(there)}, weight ${there.weight}`),
              seen(pair, lacking, `${nameOf(service)} has no ${destinationId(there)}`),
            ],
            why:
              program === undefined
                ? `Clients of these servers lose their connections when ${name} takes over, and ${name} spreads new ones in another way.`
                : `They may have failed a check on ${name}: ${program} such servers out. If they have not, clients lose their connections when ${name} takes over.`,
            remedies: [
              onSide(lacking, [ipvsadm({ kind: "add-server", service, server: there })], undefined, "servers"),
              onSide(
                where,
                [ipvsadm({ kind: "delete-server", service, server: there })],
                "Or, if they are not needed any more:",
                "servers",
              ),
            ],
          },
        };
      }
    }
  },
};

/** An edit that makes a server on one side as it is on the other. */
const copied = (
  pair: Pair,
  service: Service,
  { before, after }: Difference<Destination>,
  changes: TablePart,
  likely?: Where,
) =>
  eitherWay(
    pair,
    (wrong) => [ipvsadm({ kind: "edit-server", service, server: wrong === "there" ? before! : after! })],
    {
      changes,
      ...(likely && { likely }),
    },
  );

export const serverDiffers: PairCheck = {
  id: "peer-server-differs",
  title: "A server is set up in another way on the other director",
  *judge(pair) {
    for (const { service, server } of differing(pair)) {
      const { before, after } = server;
      if (before === undefined || after === undefined) continue;
      if (sameDestination(before, { ...after, weight: before.weight })) continue;
      const line = (one: Destination) => ipvsadm({ kind: "add-server", service, server: one }).replace("ipvsadm ", "");
      yield {
        entry: { service },
        server: before,
        verdict: {
          severity: "error",
          evidence: [seen(pair, "here", line(before)), seen(pair, "there", line(after))],
          why: "Packets reach the server in another way, or other limits hold, once the other director takes over.",
          remedies: copied(pair, service, server, "forwarding"),
        },
      };
    }
  },
};

/** Which side has given the server no weight; absent: neither, or both. */
const closed = ({ before, after }: Difference<Destination>): Where | undefined => {
  if ((before!.weight === 0) === (after!.weight === 0)) return undefined;
  return before!.weight === 0 ? "here" : "there";
};

export const weightZero: PairCheck = {
  id: "peer-weight-zero",
  title: "A server takes no new connections on one of the directors",
  *judge(pair) {
    for (const { service, server } of differing(pair)) {
      if (server.before === undefined || server.after === undefined) continue;
      const where = closed(server);
      if (where === undefined) continue;
      const program = checker(pair, where);
      yield {
        entry: { service },
        server: server.before,
        verdict: {
          severity: "warning",
          ...weights(pair, service, server),
          ...closedWords(pair.names[where], program),
          remedies: copied(pair, service, server, "weights", where),
        },
      };
    }
  },
};

function closedWords(name: string, program: string | undefined) {
  return {
    title: `Servers take no new connections from ${name}`,
    why:
      program === undefined
        ? `They may be drained there on purpose: ipvsadm drain --list on ${name} tells since when and why. Otherwise a drain was interrupted, or forgotten.`
        : `They may have failed a check on ${name}: ${program} the weight of such servers away, where it is told to keep them. Or they are being drained there: ipvsadm drain --list tells.`,
  };
}

export const weightDiffers: PairCheck = {
  id: "peer-weight-differs",
  title: "Servers have other weights on the other director",
  *judge(pair) {
    for (const { service, server } of differing(pair)) {
      const { before, after } = server;
      if (before === undefined || after === undefined || before.weight === after.weight || closed(server)) continue;
      const hashed = heedsOrder(service) && service.scheduler !== "dh";
      yield {
        entry: { service },
        server: before,
        verdict: {
          severity: hashed ? "error" : "warning",
          ...weights(pair, service, server),
          why: hashed
            ? `The scheduler ${service.scheduler} fills its table by the weights: the two directors send the same client to different servers.`
            : "The two directors spread clients in different shares.",
          remedies: copied(pair, service, server, "weights"),
        },
      };
    }
  },
};

function weights(pair: Pair, service: Service, { before, after }: Difference<Destination>) {
  const server = `${nameOf(service)} -> ${destinationId(before!)}`;
  return {
    evidence: [
      seen(pair, "here", `${server}, weight ${before!.weight}`),
      seen(pair, "there", `${server}, weight ${after!.weight}`),
    ],
  };
}
