import { isFirewallMark } from "../../../model/service.js";
import { hostLength, shellLine } from "../../checks/subjects.js";
import type { Judgement } from "../../examine.js";
import {
  addressesMove,
  OTHER,
  onSide,
  type Pair,
  type PairCheck,
  seen,
  sharedAddresses,
  WHERE,
  type Where,
} from "../pair.js";
import type { VirtualAddressState } from "../side.js";

type States = Readonly<Record<Where, VirtualAddressState>>;

/**
 * What is right depends on how packets find their director. With VRRP one of the two has the address, on an interface of the
 * clients' network. In a fleet that routers spread packets over (ECMP), all have it, on loopback or a dummy, where
 * neighbours do not ask for it by ARP.
 */
function addressCheck(
  id: string,
  title: string,
  verdict: (states: States, pair: Pair) => Judgement["verdict"] | undefined,
): PairCheck {
  return {
    id,
    title,
    *judge(pair) {
      const verdicts = new Map(sharedAddresses(pair).map((states) => [states.here.address, verdict(states, pair)]));
      for (const { service } of pair.here.table) {
        const found = isFirewallMark(service) ? undefined : verdicts.get(service.address);
        if (found !== undefined) yield { entry: { service }, verdict: found };
      }
    },
  };
}

function stateText({ address, local, interface: name, answersIn }: VirtualAddressState): string {
  if (!local) return `${address} is not local`;
  const place = name === undefined ? "by its routes alone" : `on ${name}`;
  return `${address} is local ${place}${answersIn === undefined ? "" : `, and answers in ${answersIn}`}`;
}

const evidenceOf = (pair: Pair, states: States) => WHERE.map((where) => seen(pair, where, stateText(states[where])));

export const addressNowhere = addressCheck(
  "peer-vip-nowhere",
  "Neither of the directors has the virtual address",
  (states, pair) => {
    if (states.here.local || states.there.local) return undefined;
    const { address } = states.here;
    const mover = addressesMove(pair) ? pair.here.movers![0] : undefined;
    return {
      severity: "error",
      evidence: evidenceOf(pair, states),
      why: "IPVS only sees packets for local addresses, and neither takes these for its own. Unless a third director has it, clients get no answer.",
      remedies: [
        mover !== undefined
          ? onSide("here", [`journalctl -u ${mover}`], `See why ${mover} has given it to neither:`)
          : onSide(
              "here",
              [`ip addr add ${address}/${hostLength(address)} dev lo`],
              "Where VRRP moves it, see there. Else, for a fleet:",
            ),
      ],
    };
  },
);

export const addressTwice = addressCheck(
  "peer-vip-both",
  "Both directors answer for the same virtual address",
  (states, pair) => {
    const { here, there } = states;
    if (!here.local || !there.local) return undefined;
    const network = here.answersIn;
    const clash = network !== undefined && network === there.answersIn;
    if (!clash && !(here.arp && there.arp && addressesMove(pair))) return undefined;
    const onLoopback = WHERE.find((where) => states[where].arp === false);
    return {
      severity: clash ? "error" : "warning",
      evidence: evidenceOf(pair, states),
      why: clash
        ? `Neighbours in ${network} get two answers to their ARP or neighbour discovery, and packets of one connection go to both in turn. With VRRP each takes the other for dead: its advertisements do not arrive.`
        : "With VRRP one of the two has it; both do when each takes the other for dead, since advertisements do not arrive. In a fleet that routers spread packets over, this is as it should be.",
      remedies:
        onLoopback === undefined
          ? [
              onSide(
                "here",
                ["tcpdump -ni any 'ip proto 112 or ip6 proto 112'"],
                "See whether the advertisements of the other one arrive, and what drops them:",
              ),
            ]
          : [
              onSide(
                onLoopback,
                ["sysctl -w net.ipv4.conf.all.arp_ignore=1", "sysctl -w net.ipv4.conf.all.arp_announce=2"],
                "The address on loopback is not to be answered for by other interfaces:",
              ),
            ],
    };
  },
);

export const addressOnce = addressCheck(
  "peer-vip-one",
  "A virtual address of a fleet is on one of the directors only",
  (states, pair) => {
    const has = WHERE.find((where) => states[where].local && !states[OTHER[where]].local);
    // An address on another interface moves between them.
    if (has === undefined || states[has].arp !== false || addressesMove(pair)) return undefined;
    const { address, interface: name } = states[has];
    const lacking = OTHER[has];
    return {
      severity: "warning",
      evidence: evidenceOf(pair, states),
      why: `Where routers spread packets over the directors, those that ${pair.names[lacking]} gets are not for it. If it is out of the fleet on purpose, this is as it should be.`,
      remedies: [
        onSide(lacking, [shellLine(["ip", "addr", "add", `${address}/${hostLength(address)}`, "dev", name!])]),
      ],
    };
  },
);
