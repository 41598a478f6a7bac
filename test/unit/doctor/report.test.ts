import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/doctor/finding.js";
import { renderReport, renderReportJson } from "../../../src/doctor/report.js";
import { server, table } from "./snapshot.js";

const service = { protocol: "tcp", address: "10.254.0.1", port: 8080 } as const;

const error: Finding = {
  id: "snat-without-conntrack",
  title: "The SNAT rule has no effect",
  severity: "error",
  concerns: [
    {
      service,
      servers: [
        { address: "10.0.0.42", port: 80 },
        { address: "10.0.0.78", port: 80 },
      ],
    },
  ],
  evidence: ["net.ipv4.vs.conntrack = 0"],
  why: "IPVS does not track its connections, and what is not tracked is not rewritten, whatever the rules of the firewall say.",
  remedies: [
    { on: "director", commands: ["sysctl -w net.ipv4.vs.conntrack=1"] },
    { on: "server", commands: ["ip route replace default via 10.0.0.161"], note: "Or, to see the clients:" },
  ],
};
const note: Finding = {
  ...error,
  id: "tcp-timeout",
  title: "Idle connections",
  severity: "info",
  concerns: [],
  remedies: [],
};

describe("the report", () => {
  it("says what, who, what was read, why, and what to type where; notes by name", () => {
    expect(renderReport({ findings: [error, note], unread: [] }, table(server("10.0.0.42")))).toBe(
      `error: The SNAT rule has no effect (snat-without-conntrack)
  tcp 10.254.0.1:8080 -> 10.0.0.42:80, 10.0.0.78:80

  net.ipv4.vs.conntrack = 0

  IPVS does not track its connections, and what is not tracked is not rewritten, whatever the rules of
  the firewall say.

  On this director:
    sysctl -w net.ipv4.vs.conntrack=1

  On each of these real servers. Or, to see the clients:
    ip route replace default via 10.0.0.161

note: Idle connections (tcp-timeout)

1 error, 0 warnings, 1 note; examined 1 service with 1 server.
What these commands change lasts until the next boot; keep what helps in the configuration of the host.
`,
    );
  });

  it("has notes in full where there is nothing worse, and what could not be read", () => {
    const text = renderReport({ findings: [note], unread: ["/proc/net/x: EACCES"] }, []);
    expect(text).toContain("note: Idle connections (tcp-timeout)\n\n  net.ipv4.vs.conntrack = 0");
    expect(text).toContain("Not examined, because it could not be read:\n  /proc/net/x: EACCES\n");
    expect(text).toMatch(/\n0 errors, 0 warnings, 1 note; examined 0 services with 0 servers\.\n$/);
  });

  it("cuts long lists, which JSON does not", () => {
    const evidence = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const text = renderReport({ findings: [{ ...error, evidence }], unread: [] }, []);
    expect(text).toContain("  line 7\n  and 12 more (--json shows all)\n");
    expect(JSON.parse(renderReportJson({ findings: [{ ...error, evidence }], unread: ["x"] }))).toEqual({
      findings: [{ ...error, evidence }],
      unread: ["x"],
    });
  });
});
