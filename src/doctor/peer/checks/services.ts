import { type Service, serviceKey } from "../../../model/service.js";
import { ipvsadm, nameOf } from "../../checks/subjects.js";
import { plural } from "../../report.js";
import { eitherWay, OTHER, onSide, type PairCheck, PLACE, seen, WHERE } from "../pair.js";

export const serviceMissing: PairCheck = {
  id: "peer-service-missing",
  title: "A service is on one of the directors only",
  *judge(pair) {
    for (const { service, servers } of pair.differences) {
      for (const where of WHERE) {
        const lacking = OTHER[where];
        const there = service[PLACE[where]];
        if (there === undefined || service[PLACE[lacking]] !== undefined) continue;
        const additions = servers.map((server) =>
          ipvsadm({ kind: "add-server", service: there, server: server[PLACE[where]]! }),
        );
        yield {
          entry: { service: there },
          verdict: {
            severity: "error",
            title: `Services are on ${pair.names[where]} only`,
            evidence: [
              seen(pair, where, `${nameOf(there)} with ${plural(servers.length, "server")}`),
              seen(pair, lacking, `no ${nameOf(there)}`),
            ],
            why: `Clients of these services are refused by ${pair.names[lacking]}: now, where it gets a share of them, else once it takes over.`,
            remedies: [
              onSide(lacking, [ipvsadm({ kind: "add-service", service: there }), ...additions], undefined, "services"),
              onSide(
                where,
                [ipvsadm({ kind: "delete-service", service: serviceKey(there) })],
                "Or, if they are not needed any more:",
                "services",
              ),
            ],
          },
        };
      }
    }
  },
};

/** Services that are on both sides, and differ. */
export const serviceDiffers: PairCheck = {
  id: "peer-service-differs",
  title: "A service is set up in another way on the other director",
  *judge(pair) {
    for (const { service } of pair.differences) {
      const { before, after } = service;
      if (before === undefined || after === undefined) continue;
      const line = (one: Service) => ipvsadm({ kind: "add-service", service: one }).replace("ipvsadm ", "");
      if (line(before) === line(after)) continue;
      yield {
        entry: { service: before },
        verdict: {
          severity: "error",
          evidence: [seen(pair, "here", line(before)), seen(pair, "there", line(after))],
          why: "Scheduler, flags and persistence decide which server a client gets: after a takeover, or on another way through the network, it gets another one.",
          remedies: eitherWay(
            pair,
            (wrong) => [ipvsadm({ kind: "edit-service", service: service[PLACE[OTHER[wrong]]]! })],
            {
              changes: "services",
            },
          ),
        },
      };
    }
  },
};
