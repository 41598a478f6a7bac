import fc from "fast-check";
import { runDoctor } from "../../../src/doctor/doctor.js";
import { renderReport, renderReportJson } from "../../../src/doctor/report.js";
import { entry, host, server } from "../../unit/doctor/snapshot.js";
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

export const DOCTOR_READERS = [
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
