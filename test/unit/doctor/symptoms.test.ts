import { describe, expect, it } from "vitest";
import { runDoctor } from "../../../src/doctor/doctor.js";
import type { Director } from "../../../src/doctor/gather.js";
import { IP_VS_SVC_F_ONEPACKET, IP_VS_SVC_F_PERSISTENT } from "../../../src/model/service.js";
import type { Stats } from "../../../src/model/stats.js";
import { connection, entry, host, type Snapshot, server, table } from "./snapshot.js";

async function findings(director: Partial<Director>, seen: Snapshot = {}) {
  return (await runDoctor({ table: table(server("10.0.0.42")), ...director }, host(seen))).findings;
}
const find = async (id: string, director: Partial<Director>, seen: Snapshot = {}) =>
  (await findings(director, seen)).find((finding) => finding.id === id);

const counted = (stats: Partial<Stats>, rest = {}) => ({ table: table(server("10.0.0.42", { stats, ...rest })) });
const seen = (...states: string[]) => {
  const connections = states.map((state, port) =>
    connection("10.0.0.42", state, { client: { address: "192.0.2.1", port: port + 1 } }),
  );
  return { connections: [connections, connections] };
};

describe("server-refuses", () => {
  const refused = { connections: 3n, inPackets: 3n, outPackets: 3n, inBytes: 180n, outBytes: 120n };

  it("by its counters alone, and with connections in CLOSE", async () => {
    expect(await find("server-refuses", counted(refused))).toMatchObject({
      severity: "error",
      evidence: ["10.0.0.42:80: 3 connections, 3 packets in, 3 out with 120 bytes"],
    });
    const finding = await find("server-refuses", counted(refused), seen("CLOSE", "CLOSE"));
    expect(finding!.evidence).toContain("10.0.0.42:80: 2 in CLOSE, 0 got further");
    expect(finding!.remedies[1]!.commands).toEqual(["ipvsadm -e -t 10.0.0.100:80 -r 10.0.0.42:80 -m -w 0"]);
  });

  it("just now, by its rates", async () => {
    const before = { connections: 500n, inPackets: 4000n, outPackets: 3000n, outBytes: 900_000n };
    const now = { ...before, connectionRate: 4n, inPacketRate: 4n, outPacketRate: 4n, outByteRate: 166n };
    expect(await find("server-refuses", counted(now), seen("CLOSE"))).toBeDefined();
    expect(await find("server-refuses", counted(now))).toBeUndefined();
    expect(await find("server-refuses", counted({ ...now, outByteRate: 1600n }), seen("CLOSE"))).toBeUndefined();
    expect(await find("server-refuses", counted({ ...now, inPacketRate: 20n }), seen("CLOSE"))).toBeUndefined();
  });

  it("not when others get further, clients break off, or the packets are larger", async () => {
    expect(await find("server-refuses", counted(refused), seen("CLOSE", "ESTABLISHED"))).toBeUndefined();
    expect(await find("server-refuses", counted({ ...refused, outBytes: 180n }))).toBeUndefined();
    expect(await find("server-refuses", counted({ ...refused, inPackets: 12n, outPackets: 12n }))).toBeUndefined();
    expect(await find("server-refuses", counted({}), seen("CLOSE", "CLOSE"))).toBeUndefined();
    expect(await find("server-refuses", counted(refused, { forwarding: "route" }))).toBeUndefined();
    expect(await find("server-refuses", counted(refused, { weight: 0 }))).toBeUndefined();
  });
});

describe("replies-lost", () => {
  const lost = { connections: 1n, inPackets: 2n, outPackets: 4n, inBytes: 120n, outBytes: 240n };

  it("when as much comes back as goes there, and no client goes on", async () => {
    const found = await findings(counted(lost), seen("SYN_RECV"));
    expect(found[0]).toMatchObject({ id: "replies-lost", severity: "error" });
    expect(found.map(({ id }) => id)).not.toContain("nat-no-return-path");
  });

  it("just now, although others were served before", async () => {
    const now = {
      inPackets: 900n,
      outPackets: 800n,
      inBytes: 90_000n,
      inPacketRate: 3n,
      outPacketRate: 6n,
      inByteRate: 170n,
    };
    expect(await find("replies-lost", counted(now), seen("SYN_RECV"))).toBeDefined();
    expect(await find("nat-no-return-path", counted(now), seen("SYN_RECV"))).toBeUndefined();
    expect(await find("replies-lost", counted({ ...now, inByteRate: 900n }), seen("SYN_RECV"))).toBeUndefined();
  });

  it("not when nothing comes back, when clients were heard, or where replies pass the director by", async () => {
    expect(await find("replies-lost", counted({ ...lost, outPackets: 0n }), seen("SYN_RECV"))).toBeUndefined();
    expect(await find("replies-lost", counted(lost), seen("SYN_RECV", "ESTABLISHED"))).toBeUndefined();
    expect(await find("replies-lost", counted({ ...lost, inBytes: 700n }), seen("SYN_RECV"))).toBeUndefined();
    expect(await find("replies-lost", counted(lost, { forwarding: "route" }), seen("SYN_RECV"))).toBeUndefined();
  });
});

describe("clients-never-served", () => {
  const elsewhere = { "192.0.2.1": { type: "unicast", link: 3, source: "192.0.2.9" } } as const;
  const clients = (stuck: string, state = "SYN_RECV") => {
    const all = [
      connection("10.0.0.42", "ESTABLISHED", { client: { address: "192.0.2.1", port: 1 } }),
      connection("10.0.0.42", state, { client: { address: stuck, port: 2 } }),
    ];
    return { connections: [all, all], routes: elsewhere };
  };

  it("a server that asks itself, and clients on the link of the servers", async () => {
    expect(await find("clients-never-served", {}, clients("10.0.0.42"))).toMatchObject({
      severity: "warning",
      evidence: ["10.0.0.42:80: client 10.0.0.42 stuck in SYN_RECV"],
      why: expect.stringMatching(/from itself/),
    });
    const beside = await find("clients-never-served", {}, clients("10.0.0.8"));
    expect(beside!.why).toMatch(/^Clients on the link/);
    expect(beside!.remedies[1]).toMatchObject({ commands: ["ip route replace 10.0.0.8/32 via 10.0.0.161"] });
  });

  it("not once they were heard, nor where servers see the director's address, nor clients elsewhere", async () => {
    expect(await find("clients-never-served", {}, clients("10.0.0.8", "ESTABLISHED"))).toBeUndefined();
    const far = { ...clients("192.0.2.3"), routes: { ...elsewhere, "192.0.2.3": elsewhere["192.0.2.1"] } };
    expect(await find("clients-never-served", {}, far)).toBeUndefined();
  });
});

describe("one-sided-traffic", () => {
  it("by steady rates in one direction", async () => {
    expect(await find("one-sided-traffic", counted({ inPacketRate: 5n, outPackets: 9n }))).toMatchObject({
      severity: "error",
      evidence: ["10.0.0.42:80: 5 packets per second in, 0 out"],
    });
    expect(await find("one-sided-traffic", counted({ outPacketRate: 5n }))).toMatchObject({ severity: "warning" });
  });

  it("not by rates that may be rounded, nor without NAT", async () => {
    expect(await find("one-sided-traffic", counted({ inPacketRate: 4n }))).toBeUndefined();
    expect(await find("one-sided-traffic", counted({ inPacketRate: 9n, outPacketRate: 1n }))).toBeUndefined();
    expect(await find("one-sided-traffic", counted({ inPacketRate: 9n }, { forwarding: "route" }))).toBeUndefined();
  });
});

describe("UDP", () => {
  const busy = (service = {}, packets = [100n, 0n], forwarding: "route" | "masq" = "route", connections = 1n) => ({
    timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
    table: [
      entry(
        packets.map((inPackets, index) =>
          server(`10.0.0.4${index}`, { forwarding, stats: { inPackets, connections } }),
        ),
        { protocol: "udp", ...service },
      ),
    ],
  });

  it("udp-sticks-to-server: few connections, many packets, one server", async () => {
    expect(await find("udp-sticks-to-server", busy())).toMatchObject({
      severity: "warning",
      evidence: [
        "10.0.0.100:80: 2 connections carried 100 packets",
        "10.0.0.40:80: 100 % of them, weight 1",
        "ipvsadm -L --timeout: udp 300 s",
      ],
      remedies: [
        { changes: "one-packet", commands: ["ipvsadm -E -u 10.0.0.100:80 -s rr -o"] },
        { changes: "timeouts", commands: ["ipvsadm --set 0 0 10"] },
      ],
    });
    const nat = await find("udp-sticks-to-server", busy({}, [100n, 0n], "masq"));
    expect(nat!.remedies.map(({ changes }) => changes)).toEqual(["timeouts"]);
  });

  it("udp-sticks-to-server: not when it is spread, asked for, or nothing yet", async () => {
    expect(await find("udp-sticks-to-server", busy({}, [60n, 50n]))).toBeUndefined();
    expect(await find("udp-sticks-to-server", busy({}, [99n, 0n]))).toBeUndefined();
    expect(await find("udp-sticks-to-server", busy({}, [100n]))).toBeUndefined();
    expect(await find("udp-sticks-to-server", busy({ scheduler: "sh" }))).toBeUndefined();
    expect(await find("udp-sticks-to-server", busy({ flags: IP_VS_SVC_F_PERSISTENT }))).toBeUndefined();
    expect(await find("udp-sticks-to-server", busy({ flags: IP_VS_SVC_F_ONEPACKET }))).toBeUndefined();
    expect(await find("udp-sticks-to-server", busy({ protocol: "tcp" }))).toBeUndefined();
  });

  it("one-packet-nat: replies are not translated, which is no matter of routes", async () => {
    const found = await findings(busy({ flags: IP_VS_SVC_F_ONEPACKET }, [100n, 0n], "masq"));
    expect(found.map(({ id }) => id)).toContain("one-packet-nat");
    expect(found.map(({ id }) => id)).not.toContain("nat-no-return-path");
  });
});
