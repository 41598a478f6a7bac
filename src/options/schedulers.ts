/** The schedulers of Linux (ip_vs_NAME.c) by their names, and what they do. */
export const SCHEDULERS = {
  rr: "round robin: one after the other, whatever their weights",
  wrr: "weighted round robin: in turn, as often as their weights say",
  lc: "least connections",
  wlc: "weighted least connections: fewest per weight",
  lblc: "locality-based least connections: one server for each destination address, for caches",
  lblcr: "the same with a set of servers for each destination address",
  dh: "destination hashing: by the address asked for",
  sh: "source hashing: by the client's address",
  sed: "shortest expected delay: (connections + 1) per weight",
  nq: "never queue: an idle server if there is one, else as sed",
  fo: "weighted failover: the server of the highest weight that is available",
  ovf: "weighted overflow: the server of the highest weight until it has as many connections, then the next",
  mh: "Maglev hashing: by the client's address; few clients move when servers come and go",
  twos: "two choices: of two servers drawn at random by weight, the one with fewer connections per weight",
} as const;

/** Their names, in the order of the table. */
export const SCHEDULER_NAMES: readonly string[] = Object.keys(SCHEDULERS);
