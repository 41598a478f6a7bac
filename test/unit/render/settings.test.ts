import { expect, test } from "vitest";
import { renderDaemons, renderTimeouts } from "../../../src/render/settings.js";

test("timeouts", () => {
  expect(renderTimeouts({ tcp: 900, tcpFin: 120, udp: 300 })).toBe("Timeout (tcp tcpfin udp): 900 120 300\n");
});

test("daemons", () => {
  expect(
    renderDaemons([
      {
        state: "master",
        interface: "d0",
        syncId: 0,
        syncMaxLength: 1452,
        multicastGroup: "ff02::99",
        multicastPort: 8848,
        multicastTtl: 1,
      },
      {
        state: "backup",
        interface: "d0",
        syncId: 8,
        syncMaxLength: 1400,
        multicastGroup: "239.1.2.3",
        multicastPort: 9000,
        multicastTtl: 5,
      },
    ]),
  ).toBe(`master sync daemon (mcast=d0, syncid=0, maxlen=1452, group=ff02::99, port=8848, ttl=1)
backup sync daemon (mcast=d0, syncid=8, maxlen=1400, group=239.1.2.3, port=9000, ttl=5)
`);
});

test("a kernel that reports less", () => {
  expect(renderDaemons([{ state: "master", interface: "eth0", syncId: 255 }])).toBe(
    "master sync daemon (mcast=eth0, syncid=255)\n",
  );
});

test("no daemon, no text", () => {
  expect(renderDaemons([])).toBe("");
});
