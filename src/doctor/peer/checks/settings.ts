import { type Family, familyOf } from "../../../model/address.js";
import { own } from "../../../model/own.js";
import { serviceFamily } from "../../../model/service.js";
import type { Timeouts } from "../../../model/settings.js";
import { ipvsadm, shellLine } from "../../checks/subjects.js";
import { eitherWay, OTHER, type Pair, type PairCheck, seen, WHERE } from "../pair.js";
import { PARAMETERS, type Parameter, type Relevance } from "../parameters.js";
import type { Side } from "../side.js";

/** Names as `ipvsadm -L --timeout` has them. */
const TIMEOUTS = { tcp: "tcp", tcpFin: "tcpfin", udp: "udp" } as const satisfies Record<keyof Timeouts, string>;

export const timeouts: PairCheck = {
  id: "peer-timeouts",
  title: "Idle connections end after different times",
  *judge(pair) {
    const { here, there } = pair;
    if (here.timeouts === undefined || there.timeouts === undefined) return;
    const names = Object.keys(TIMEOUTS) as (keyof Timeouts)[];
    const different = names.filter((name) => here.timeouts![name] !== there.timeouts![name]);
    if (different.length === 0) return;
    const evidence = WHERE.map((where) =>
      seen(pair, where, different.map((name) => `timeout ${TIMEOUTS[name]} ${pair[where].timeouts![name]}`).join(", ")),
    );
    yield {
      verdict: {
        severity: "warning",
        evidence,
        why: "After a takeover clients and servers that rest lose their connections sooner, or the table grows further, than they are used to.",
        remedies: eitherWay(pair, (wrong) => [ipvsadm({ kind: "set", timeouts: pair[OTHER[wrong]].timeouts! })], {
          changes: "timeouts",
        }),
      },
    };
  },
};

export const parameters: PairCheck = {
  id: "peer-parameter",
  title: "A kernel parameter differs",
  *judge(pair) {
    for (const parameter of PARAMETERS) {
      const { name, usual, same = {}, severity, why, relevance } = parameter;
      const [here, there] = WHERE.map((where) => pair[where].parameters?.get(name));
      if (here === undefined || there === undefined || !RELEVANT[relevance](pair)) continue;
      if ((own(same, here) ?? here) === (own(same, there) ?? there)) continue;
      yield {
        verdict: {
          severity,
          title: `${name} differs`,
          evidence: WHERE.map((where) => seen(pair, where, `${name} = ${pair[where].parameters!.get(name)}`)),
          why,
          remedies: eitherWay(pair, (wrong) => [assignment(parameter, wrong === "there" ? here : there)], {
            likely: here === usual ? "here" : "there",
          }),
        },
      };
    }
  },
};

function assignment({ name }: Parameter, value: string): string {
  return shellLine(["sysctl", "-w", `${name}=${value}`]);
}

const RELEVANT: Readonly<Record<Relevance, (pair: Pair) => boolean>> = {
  always: () => true,
  sync: (pair) => WHERE.some((where) => pair[where].daemons?.length !== 0),
  "nat ipv4": (pair) => hasNat(pair, "ipv4"),
  "nat ipv6": (pair) => hasNat(pair, "ipv6"),
};

function hasNat(pair: Pair, family: Family): boolean {
  const isNat = ({ table }: Side) =>
    table.some(
      ({ service, destinations }) =>
        serviceFamily(service) === family &&
        destinations.some(({ address, forwarding }) => forwarding === "masq" && familyOf(address) === family),
    );
  return WHERE.some((where) => isNat(pair[where]));
}
