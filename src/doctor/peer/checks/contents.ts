import { familyOf } from "../../../model/address.js";
import { destinationId } from "../../../model/destination.js";
import { IP_VS_SVC_F_PERSISTENT, isFirewallMark, type Service, serviceFamily } from "../../../model/service.js";
import { nameOf, shellLine } from "../../checks/subjects.js";
import { flowsOf } from "../flows.js";
import { onSide, type PairCheck, seen, WHERE } from "../pair.js";

/** The kernel refuses both: servers of another family while a daemon runs, and a daemon while there are such servers (`ip_vs_ctl.c`). */
export const syncMixed: PairCheck = {
  id: "peer-sync-mixed",
  title: "Services have servers of another family, which sync daemons do not know",
  *judge(pair) {
    if (WHERE.every((where) => pair[where].daemons?.length === 0)) return;
    for (const where of WHERE) {
      for (const { service, destinations } of pair[where].table) {
        for (const server of destinations) {
          if (familyOf(server.address) === serviceFamily(service)) continue;
          yield {
            entry: { service },
            server,
            verdict: {
              severity: "error",
              evidence: [seen(pair, where, `${nameOf(service)} -> ${destinationId(server)}`)],
              why: "The kernel starts no sync daemon while there are such servers, and takes no such servers while one runs: the two directors cannot have equal tables and synchronise connections.",
              remedies: [
                onSide(
                  where,
                  ["ipvsadm -Ln"],
                  "Give these services servers of their own family, or both directors no sync daemons.",
                  "servers",
                ),
              ],
            },
          };
        }
      }
    }
  },
};

const VERSION = "net.ipv4.vs.sync_version";

/** What messages of version 0 cannot carry (`ip_vs_sync_conn_v0`). */
const UNKNOWN: readonly { has(service: Service): boolean; what: string }[] = [
  { has: (service) => serviceFamily(service) === "ipv6", what: "IPv6" },
  { has: isFirewallMark, what: "firewall mark" },
  { has: ({ flags }) => (flags & IP_VS_SVC_F_PERSISTENT) !== 0, what: "persistent" },
];

export const syncOld: PairCheck = {
  id: "peer-sync-old",
  title: "Sync messages of version 0 do not carry what services need",
  *judge(pair) {
    for (const { from } of flowsOf(pair)) {
      if (pair[from].parameters?.get(VERSION) !== "0") continue;
      for (const { service } of pair[from].table) {
        const what = UNKNOWN.find(({ has }) => has(service))?.what;
        if (what === undefined) continue;
        yield {
          entry: { service },
          verdict: {
            severity: "warning",
            evidence: [seen(pair, from, `${VERSION} = 0`), seen(pair, from, `${nameOf(service)}: ${what}`)],
            why: "They carry IPv4 connections alone, no firewall marks, and no timeouts, so that persistence ends after three minutes.",
            remedies: [onSide(from, [shellLine(["sysctl", "-w", `${VERSION}=1`])])],
          },
        };
      }
    }
  },
};

/** So many active connections that some must have been told of: each is after three packets, as sync_threshold has it. */
const ENOUGH = 50;

export const syncSilent: PairCheck = {
  id: "peer-sync-silent",
  title: "None of the master's connections is known to the backup",
  *judge(pair) {
    for (const { from, to } of flowsOf(pair)) {
      const [sent, known] = [pair[from].connections, pair[to].connections];
      if (sent === undefined || known === undefined) continue;
      if (sent.active < ENOUGH || known.active + known.inactive + known.persistent > 0) continue;
      yield {
        verdict: {
          severity: "warning",
          evidence: [
            seen(pair, from, `master sync daemon, ${sent.active} active connections`),
            seen(pair, to, "backup sync daemon, no connections at all"),
          ],
          why: "Messages do not arrive, or are ignored: a firewall may drop them, or a switch not pass the multicast on.",
          remedies: [
            onSide(to, ["tcpdump -ni any udp port 8848"], "See whether messages arrive, and what drops them:"),
          ],
        },
      };
    }
  },
};
