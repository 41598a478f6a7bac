import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../src/errors.js";
import { parseProcTable } from "../../../src/host/proc-table.js";

/** As Linux 6.1 writes it. */
const TEXT = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0AFE0001:1F90 rr persistent 30000 FFFFFF00
  -> 0A00002A:0050      Masq    1      5          12        
  -> 0A00004E:0050      Route   0      0          0         
UDP  0AFE0001:0035 rr ops 
TCP  [fd01:0000:0000:0000:0000:0000:0000:0001]:0050 wlc 
  -> [fd00:0000:0000:0000:0000:0000:0000:0042]:0050      Tunnel  100    1          1         
FWM  00000007 rr 
  -> [fd00:0000:0000:0000:0000:0000:0000:0042]:0000      Local   1      0          0         
`;

describe("/proc/net/ip_vs", () => {
  it("has the table, for everybody", () => {
    const { info, table } = parseProcTable(TEXT);
    expect(info).toEqual({ version: 0x010201, connectionTableSize: 4096 });
    expect(table.map(({ service }) => service)).toEqual([
      {
        protocol: "tcp",
        address: "10.254.0.1",
        port: 8080,
        scheduler: "rr",
        flags: 1,
        timeout: 0,
        netmask: "255.255.255.0",
      },
      {
        protocol: "udp",
        address: "10.254.0.1",
        port: 53,
        scheduler: "rr",
        flags: 4,
        timeout: 0,
        netmask: "255.255.255.255",
      },
      { protocol: "tcp", address: "fd01::1", port: 80, scheduler: "wlc", flags: 0, timeout: 0, netmask: 128 },
      { fwmark: 7, family: "ipv6", scheduler: "rr", flags: 0, timeout: 0, netmask: "255.255.255.255" },
    ]);
    expect(
      table.map(({ destinations }) =>
        destinations.map(({ address, port, forwarding, weight }) => [address, port, forwarding, weight]),
      ),
    ).toEqual([
      [
        ["10.0.0.42", 80, "masq", 1],
        ["10.0.0.78", 80, "route", 0],
      ],
      [],
      [["fd00::42", 80, "tunnel", 100]],
      [["fd00::42", 0, "local", 1]],
    ]);
    expect(table[0]!.destinations[0]).toMatchObject({ activeConnections: 5, inactiveConnections: 12 });
  });

  it.each(["", "something else", `${TEXT}XXX  0AFE0001:1F90 rr\n`, TEXT.replace(/^TCP.*persistent.*\n/m, "")])(
    "is an error when it is something else",
    (text) => {
      expect(() => parseProcTable(text)).toThrow(DecodeError);
    },
  );
});
