import type { Daemon, DaemonState } from "../../../model/settings.js";
import { ipvsadm } from "../../checks/subjects.js";
import type { Remedy } from "../../finding.js";
import { brief, daemonOf, flowsOf } from "../flows.js";
import { activeOf, OTHER, onSide, type Pair, type PairCheck, seen, WHERE, type Where } from "../pair.js";

function daemonsText(daemons: readonly Daemon[]): string {
  return daemons.length === 0
    ? "no sync daemon"
    : daemons.map(({ state, interface: name, syncId }) => `${state} sync daemon on ${name}, id ${syncId}`).join("; ");
}

const evidenceOf = (pair: Pair) => WHERE.map((where) => seen(pair, where, daemonsText(pair[where].daemons ?? [])));

const counterpart = (state: DaemonState): DaemonState => (state === "master" ? "backup" : "master");

/** A daemon that faces one of the other side. Sizes are the kernel's choice there, and so is what differs with the interface. */
function facing({ state, syncMaxLength: _, ...daemon }: Daemon): Daemon {
  return { ...daemon, state: counterpart(state) };
}

const OWN_INTERFACE = "With its own name of the interface that joins the directors:";

export const syncMissing: PairCheck = {
  id: "peer-sync-missing",
  title: "Sync daemons run on one of the directors only",
  *judge(pair) {
    for (const where of WHERE) {
      const daemons = pair[where].daemons ?? [];
      const lacking = OTHER[where];
      if (daemons.length === 0 || pair[lacking].daemons?.length !== 0) continue;
      yield {
        verdict: {
          severity: "error",
          evidence: evidenceOf(pair),
          why: "A master needs a backup that listens, and a backup a master: no connection is synchronised, and clients have to connect anew when the other director takes over.",
          remedies: daemons.map((daemon) => startFacing(lacking, daemon)),
        },
      };
    }
  },
};

export const syncNone: PairCheck = {
  id: "peer-sync-none",
  title: "Connections are not synchronised",
  *judge(pair) {
    if (WHERE.some((where) => pair[where].daemons?.length !== 0) || activeOf(pair) === undefined) return;
    yield {
      verdict: {
        severity: "info",
        evidence: evidenceOf(pair),
        why: "Clients have to connect anew when the other director takes over.",
        remedies: WHERE.map((where) =>
          onSide(
            where,
            [
              "ipvsadm --start-daemon master --mcast-interface IF",
              "ipvsadm --start-daemon backup --mcast-interface IF",
            ],
            "IF is the interface that joins the directors.",
            "sync daemons",
          ),
        ),
      },
    };
  },
};

/** Daemons run on both sides, and one of them has no counterpart. */
export const syncRoles: PairCheck = {
  id: "peer-sync-roles",
  title: "A sync daemon has no counterpart on the other director",
  *judge(pair) {
    if (WHERE.some((where) => !pair[where].daemons?.length)) return;
    const alone = WHERE.flatMap((where) =>
      pair[where].daemons!.flatMap((daemon) =>
        daemonOf(pair, OTHER[where], counterpart(daemon.state)) === undefined ? [{ where, daemon }] : [],
      ),
    );
    if (alone.length === 0) return;
    const none = flowsOf(pair).length === 0;
    const active = activeOf(pair);
    const unheard = alone.some(({ where, daemon }) => daemon.state === "master" && where === active);
    yield {
      verdict: {
        severity: none || unheard ? "error" : "warning",
        title: none ? "The sync daemons of both directors have the same role" : this.title,
        evidence: evidenceOf(pair),
        why: none
          ? "Without a master no messages are sent, without a backup none are read: no connection is synchronised."
          : "Connections are synchronised in one direction only: those that begin after a takeover are lost when the other one comes back.",
        remedies: none ? sameRole(pair) : alone.map(({ where, daemon }) => startFacing(OTHER[where], daemon)),
      },
    };
  },
};

/** Which of the two is to change its role: the one that clients do not come to has to be the backup. */
function sameRole(pair: Pair): Remedy[] {
  const { state } = pair.here.daemons![0]!;
  const wrong = (state === "master") === (activeOf(pair) === "there") ? "here" : "there";
  const daemon = daemonOf(pair, wrong, state)!;
  return [
    onSide(
      wrong,
      [
        ipvsadm({ kind: "stop-daemon", state, syncId: daemon.syncId }),
        ipvsadm({ kind: "start-daemon", daemon: brief(facing(daemon)) }),
      ],
      undefined,
      "sync daemons",
    ),
    ...WHERE.map((where) =>
      startFacing(OTHER[where], daemonOf(pair, where, state)!, "Or, so that either may take over:"),
    ),
  ];
}

function startFacing(where: Where, daemon: Daemon, note = OWN_INTERFACE): Remedy {
  return onSide(where, [ipvsadm({ kind: "start-daemon", daemon: brief(facing(daemon)) })], note, "sync daemons");
}

/** Only the active director has connections to tell of. */
export const syncBackwards: PairCheck = {
  id: "peer-sync-backwards",
  title: "The active director is the backup of the other one",
  *judge(pair) {
    const [flow, second] = flowsOf(pair);
    const active = activeOf(pair);
    if (flow === undefined || second !== undefined || active !== flow.to) return;
    if (daemonOf(pair, active, "master") !== undefined) return;
    yield {
      verdict: {
        severity: "error",
        evidence: [
          ...evidenceOf(pair),
          seen(pair, active, "has the virtual addresses, the other one has none of them"),
        ],
        why: "Messages go from the master to the backup, and only the active director has connections to tell of: none is synchronised.",
        remedies: [
          startFacing(
            active,
            { ...flow.backup, syncId: flow.master.syncId },
            "Both daemons on both directors, so that a takeover need not switch them:",
          ),
          startFacing(flow.from, flow.master, "And:"),
        ],
      },
    };
  },
};
