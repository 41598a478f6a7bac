import type { Daemon } from "../../model/settings.js";
import { type DirectorCheck, onDirector, onTable, type ServerCheck } from "../check.js";
import type { Facts } from "../facts.js";
import { isLocal, isNat, virtualAddress } from "./subjects.js";

/** IP and UDP headers around a sync message. */
const HEADERS = { ipv4: 28, ipv6: 48 } as const;

function daemonsWhere<T>(facts: Facts, describe: (daemon: Daemon) => T | undefined): T[] {
  return (facts.daemons ?? []).map(describe).filter((result) => result !== undefined);
}

export const syncLink: DirectorCheck = {
  id: "sync-interface",
  title: "The interface of the sync daemon does not work",
  scope: "director",
  appliesTo: (facts) => facts.links !== undefined,
  verdict(facts) {
    const broken = daemonsWhere(facts, ({ state, interface: name }) => {
      const link = facts.linkNamed(name);
      const state_ =
        link === undefined ? "no such interface" : !link.up ? "down" : !link.carrier ? "no carrier" : undefined;
      return state_ && { name, up: link?.up === false, text: `${state} sync daemon on ${name}: ${state_}` };
    });
    if (broken.length === 0) return undefined;
    const down = broken.filter(({ up }) => up);
    return {
      severity: "error",
      evidence: broken.map(({ text }) => text),
      why: "No connection is synchronised: when the other director takes over, clients have to connect anew.",
      remedies: [
        down.length > 0
          ? onDirector(down.map(({ name }) => `ip link set ${name} up`))
          : onTable(
              "sync daemons",
              ["ipvsadm -L --daemon", "ip link show"],
              "See which interface joins the directors, and start the daemon there:",
            ),
      ],
    };
  },
};

export const syncSize: DirectorCheck = {
  id: "sync-message-size",
  title: "Sync messages do not fit into one packet",
  scope: "director",
  appliesTo: (facts) => facts.links !== undefined,
  verdict(facts) {
    const large = daemonsWhere(facts, ({ state, interface: name, syncMaxLength = 0, multicastGroup = "" }) => {
      const mtu = facts.linkNamed(name)?.mtu;
      const room = mtu === undefined ? undefined : mtu - HEADERS[multicastGroup.includes(":") ? "ipv6" : "ipv4"];
      if (state !== "master" || room === undefined || syncMaxLength <= room) return undefined;
      return { room, text: `sync-maxlen ${syncMaxLength}, mtu of ${name} = ${mtu}` };
    });
    if (large.length === 0) return undefined;
    return {
      severity: "info",
      evidence: large.map(({ text }) => text),
      why: "Each message travels in fragments, and one lost fragment loses the state of many connections.",
      remedies: [
        onTable(
          "sync daemons",
          large.map(
            ({ room }) => `ipvsadm --stop-daemon master; ipvsadm --start-daemon master --sync-maxlen ${room} ...`,
          ),
        ),
      ],
    };
  },
};

/** `ip_vs_sync_conn_needed()`; what becomes of idle connections was counted on Linux 6.1. */
export const syncSeldom: DirectorCheck = {
  id: "sync-seldom",
  title: "The sync daemon tells of a connection by its number of packets, and seldom",
  scope: "director",
  appliesTo: (facts) => facts.daemons?.some(({ state }) => state === "master") === true,
  verdict(facts) {
    const threshold = facts.sysctl("net.ipv4.vs.sync_threshold");
    const refresh = facts.number("net.ipv4.vs.sync_refresh_period");
    if (threshold === undefined || refresh === undefined) return undefined;
    const [first = 0, period = 0] = threshold.split(/\s+/).map(Number);
    if (period === 0 && refresh > 0) return undefined;
    return {
      severity: "info",
      evidence: [
        ...daemonsWhere(facts, ({ state, interface: name }) =>
          state === "master" ? `master sync daemon on ${name}` : undefined,
        ),
        `net.ipv4.vs.sync_threshold = ${first} ${period}`,
        `net.ipv4.vs.sync_refresh_period = ${refresh}`,
      ],
      why:
        `The other director hears of a connection with packet ${first}${period === 0 ? " only" : `, then once in ${period} packets`}. ` +
        "Those with fewer packets are lost when it takes over, and idle ones when this one comes back from a boot.",
      remedies: [
        onDirector(["sysctl -w net.ipv4.vs.sync_refresh_period=10", "sysctl -w 'net.ipv4.vs.sync_threshold=0 0'"]),
      ],
    };
  },
};

/** `Documentation/networking/ipvs-sysctl.rst`, backup_only. */
export const syncLoop: ServerCheck = {
  id: "backup-schedules",
  title: "A backup director schedules packets that the active one sent it",
  scope: "server",
  appliesTo: (subject, facts) =>
    !isNat(subject) &&
    !isLocal(subject, facts) &&
    facts.daemons?.length === 1 &&
    facts.daemons[0]!.state === "backup" &&
    facts.number("net.ipv4.vs.backup_only") === 0,
  verdict({ entry }, facts) {
    const address = virtualAddress(entry)?.address;
    if (address === undefined || facts.route(address)?.type !== "local") return undefined;
    return {
      severity: "warning",
      evidence: ["sync daemon: backup", "net.ipv4.vs.backup_only = 0", `route to ${address}: local`],
      why:
        "Where the backup is a real server too, packets that the active director sends it are scheduled once more, back and " +
        "forth between the two.",
      remedies: [onDirector(["sysctl -w net.ipv4.vs.backup_only=1"])],
    };
  },
};
