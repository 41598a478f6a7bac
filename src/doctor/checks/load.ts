import { type DirectorCheck, onDirector } from "../check.js";

/** Values of the three parameters (`ipvs-sysctl.rst`): 0 never, 1 when memory is short, 2 the same and now it is, 3 always. */
const DROPS = ["net.ipv4.vs.drop_entry", "net.ipv4.vs.drop_packet"];
const SECURE = "net.ipv4.vs.secure_tcp";
const ACTIVE = 2;
const ALWAYS = 3;

export const overloadDefence: DirectorCheck = {
  id: "overload-defence",
  title: "The defence against overload is dropping connections",
  scope: "director",
  appliesTo: (facts) => facts.table.length > 0,
  verdict(facts) {
    const active = [...DROPS, SECURE].filter((name) => (facts.number(name) ?? 0) >= ACTIVE);
    if (active.length === 0) return undefined;
    const chosen = active.every((name) => name === SECURE && facts.number(name) === ALWAYS);
    const short = active.some((name) => facts.number(name) === ACTIVE);
    return {
      severity: chosen ? "info" : "warning",
      evidence: [
        ...active.map((name) => `${name} = ${facts.number(name)}`),
        ...(short ? [`net.ipv4.vs.amemthresh = ${facts.sysctl("net.ipv4.vs.amemthresh")} pages`] : []),
      ],
      why: chosen
        ? "With 3 TCP connections always go through the stricter, shorter-lived states."
        : `Some of the clients' packets or connections are dropped on purpose: 2 means now, since memory is short, 3 always.`,
      remedies: [
        onDirector(
          active.map((name) => `sysctl -w ${name}=0`),
          short ? "Or give the director more memory." : undefined,
        ),
      ],
    };
  },
};

/** Shares of the connection tracking table from which a warning and an error are due. */
const NEARLY_FULL = 0.8;
const FULL = 0.95;

export const conntrackFull: DirectorCheck = {
  id: "conntrack-full",
  title: "The table of connection tracking is nearly full",
  scope: "director",
  appliesTo: (facts) => facts.number("net.netfilter.nf_conntrack_max") !== undefined,
  verdict(facts) {
    const count = facts.number("net.netfilter.nf_conntrack_count") ?? 0;
    const max = facts.number("net.netfilter.nf_conntrack_max")!;
    if (max === 0 || count < max * NEARLY_FULL) return undefined;
    const drops = facts.conntrackDrops() ?? 0;
    return {
      severity: count >= max * FULL ? "error" : "warning",
      evidence: [
        `net.netfilter.nf_conntrack_count = ${count}`,
        `net.netfilter.nf_conntrack_max = ${max}`,
        ...(drops > 0 ? [`/proc/net/stat/nf_conntrack: ${drops} packets dropped since boot`] : []),
      ],
      why: "When it is full, packets of new connections are dropped, also those to virtual services that are not tracked.",
      remedies: [onDirector([`sysctl -w net.netfilter.nf_conntrack_max=${max * 4}`])],
    };
  },
};

/** Verified on Linux 6.1: with 0, counters and rates stand still, and count again what they missed once it is 1. */
export const estimationOff: DirectorCheck = {
  id: "estimation-off",
  title: "Counters and rates stand still",
  scope: "director",
  appliesTo: (facts) => facts.table.length > 0,
  verdict: (facts) =>
    facts.number("net.ipv4.vs.run_estimation") !== 0
      ? undefined
      : {
          severity: "info",
          evidence: ["net.ipv4.vs.run_estimation = 0"],
          why: "ipvsadm -L --stats and --rate show what was counted before it was switched off, and so does this examination.",
          remedies: [onDirector(["sysctl -w net.ipv4.vs.run_estimation=1"])],
        },
};

export const reversePath: DirectorCheck = {
  id: "reverse-path-filter",
  title: "Packets are dropped because they came in another way than replies would go",
  scope: "director",
  appliesTo: (facts) => facts.table.length > 0 && facts.links !== undefined,
  verdict(facts) {
    const count = facts.counter("TcpExt.IPReversePathFilter") ?? 0;
    const all = facts.number("net.ipv4.conf.all.rp_filter") ?? 0;
    const parameters = facts.links!.map(({ name }) => `net.ipv4.conf.${name.replaceAll(".", "/")}.rp_filter`);
    // The kernel takes the larger of both; 1 is strict, 2 loose.
    const strict = parameters.filter((name) => Math.max(all, facts.number(name) ?? 0) === 1);
    if (count === 0 || strict.length === 0) return undefined;
    return {
      severity: "info",
      evidence: [
        `TcpExt IPReversePathFilter = ${count}`,
        `net.ipv4.conf.all.rp_filter = ${all}`,
        ...strict.map((name) => `${name} = ${facts.number(name)}`),
      ],
      why: "Where clients or servers are reached over several interfaces, rp_filter 1 takes their packets for forged.",
      remedies: [
        onDirector(["sysctl -w net.ipv4.conf.all.rp_filter=2"], "The loose check is enough against forged sources:"),
      ],
    };
  },
};
