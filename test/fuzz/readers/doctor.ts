import fc from "fast-check";
import { runDoctor } from "../../../src/doctor/doctor.js";
import { compareSides, unreadOf } from "../../../src/doctor/peer/compare.js";
import { parseFacts, renderFacts } from "../../../src/doctor/peer/document.js";
import { pairOf } from "../../../src/doctor/peer/pair.js";
import { renderComparison, renderComparisonJson } from "../../../src/doctor/peer/report.js";
import { renderReport, renderReportJson } from "../../../src/doctor/report.js";
import { active, member, standby } from "../../unit/doctor/peer/sides.js";
import { entry, host, server } from "../../unit/doctor/snapshot.js";
import { jsonTexts } from "../json.js";
import { reader } from "../reader.js";
import { texts } from "../text.js";

const SYSCTLS = [
  ...[
    "net.ipv4.ip_forward",
    "net.ipv6.conf.all.forwarding",
    "net.ipv4.conf.all.rp_filter",
    "net.ipv4.conf.eth0.rp_filter",
  ],
  ...["net.ipv4.conf.all.send_redirects", "net.ipv4.tcp_keepalive_time", "net.ipv4.vs.conntrack"],
  ...[
    "net.ipv4.vs.conn_reuse_mode",
    "net.ipv4.vs.expire_nodest_conn",
    "net.ipv4.vs.amemthresh",
    "net.ipv4.vs.drop_entry",
  ],
  ...["net.ipv4.vs.backup_only", "net.ipv4.vs.pmtu_disc", "net.ipv4.vs.run_estimation", "net.ipv4.vs.sync_threshold"],
  ...["net.netfilter.nf_conntrack_count", "net.netfilter.nf_conntrack_max", "net.ipv4.vs.sync_ports"],
];

const TABLE = [
  entry([server("10.0.0.42"), server("10.0.0.78", { forwarding: "tunnel" })]),
  entry([server("10.0.0.42", { forwarding: "route" })], { port: 443, flags: 1, timeout: 300 }),
  entry([server("10.0.0.42")], { fwmark: 7, family: "ipv4" }),
  entry([], { address: "fd00::100", port: 80 }),
];

const values = texts(["0", "1", "3 50", "1024", "2147483647", "-1"]);
const sysctls = fc.dictionary(fc.constantFrom(...SYSCTLS), values, { maxKeys: 8 });

const FACTS = [active(), standby(), member("lb3")].map((side) => JSON.parse(renderFacts(side)));
const WORDS = [
  "facts",
  "host",
  "time",
  "kernel",
  "tables",
  "parameters",
  "syncInterfaces",
  "virtualAddresses",
  "ipvs",
  "unread",
];

export const DOCTOR_READERS = [
  reader({
    name: "facts of a director",
    inputs: jsonTexts(FACTS, WORDS),
    read: (text) => {
      const there = parseFacts(text);
      for (const here of [active(), member("lb1")]) {
        const pair = pairOf(here, there);
        const examination = { findings: compareSides(pair), unread: unreadOf(pair) };
        renderComparison(examination, pair);
        renderComparisonJson(examination, pair);
      }
    },
    share: 0.5,
  }),
  reader({
    name: "sysctls",
    inputs: fc.record({ sysctls, release: values, processes: fc.array(values, { maxLength: 3 }) }),
    read: async (snapshot) => {
      const director = { table: TABLE, timeouts: { tcp: 900, tcpFin: 120, udp: 300 }, daemons: [] };
      const examination = await runDoctor(director, host(snapshot));
      renderReport(examination, TABLE);
      renderReportJson(examination);
    },
    share: 0.05,
  }),
];
