import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { RtNetlink } from "../../../src/host/rtnetlink.js";

/** Questions to the kernel that the tests run on; every one has a loopback interface. */

const RTM_GETLINK = 18;
const RTM_GETADDR = 22;
const RTM_GETROUTE = 26;
const AF_INET = 2;
const ENODEV = 19;
const EOPNOTSUPP = 95;

/** `struct ifinfomsg` of an interface, by its index. */
function link(index: number): Buffer {
  const question = Buffer.alloc(16);
  question.writeInt32LE(index, 4);
  return question;
}

/** `struct ifaddrmsg` or `struct rtmsg` of all there are of a family. */
const allOf = (length: number) => Buffer.from([AF_INET, ...Buffer.alloc(length - 1)]);

const netlinks: RtNetlink[] = [];

function open(): RtNetlink {
  const netlink = new RtNetlink();
  netlinks.push(netlink);
  return netlink;
}

afterEach(() => {
  for (const netlink of netlinks.splice(0)) netlink.close();
});

describe("RtNetlink", () => {
  it("dumps what the kernel has", async () => {
    const links = await open().dump(RTM_GETLINK, link(0));
    expect(links.some((bytes) => bytes.includes("lo\0"))).toBe(true);
    const up = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const addresses = await open().dump(RTM_GETADDR, allOf(8));
    expect(addresses.length).toBeGreaterThanOrEqual(up.filter(({ family }) => family === "IPv4").length);
  });

  it("answers many questions in their order", async () => {
    const indexes = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 1 : 0x7ffffff0));
    const answers = await open().ask(RTM_GETLINK, indexes.map(link));
    const seen = answers.map((answer) => (Buffer.isBuffer(answer) ? answer.readInt32LE(4) : answer));
    expect(seen).toEqual(indexes.map((index) => (index === 1 ? 1 : { errno: ENODEV })));
  });

  it("keeps what it was told while more comes in", async () => {
    const netlink = open();
    const [first] = await netlink.ask(RTM_GETLINK, [link(1)]);
    const before = Buffer.from(first as Buffer);
    await netlink.dump(RTM_GETROUTE, allOf(12));
    expect(first).toEqual(before);
  });

  it("says why a dump is refused", async () => {
    await expect(open().dump(RTM_GETLINK + 200, link(0))).rejects.toThrow("rtnetlink: EOPNOTSUPP");
    expect(await open().ask(RTM_GETLINK + 200, [link(0)])).toEqual([{ errno: EOPNOTSUPP }]);
  });
});
