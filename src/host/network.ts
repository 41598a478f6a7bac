import { errnoCode } from "../errno.js";
import { DecodeError } from "../errors.js";
import {
  ADDRESS_LENGTH,
  type Address,
  addressBytes,
  addressFromBytes,
  type Family,
  familyOf,
} from "../model/address.js";
import { own } from "../model/own.js";
import { AttributeTable, type Codec, cstring, u16, u32 } from "../wire/codec.js";
import { Writer } from "../wire/writer.js";
import {
  HostError,
  type InterfaceAddress,
  type Link,
  type Neighbour,
  type NeighbourState,
  type Route,
  type RouteQuestion,
  type RouteType,
} from "./host.js";
import type { Answer, RtNetlink } from "./rtnetlink.js";

/** Numbers of `<linux/rtnetlink.h>`, `<linux/if.h>` and `<linux/socket.h>`. */
const RTM_GETLINK = 18;
const RTM_GETADDR = 22;
const RTM_GETROUTE = 26;
const RTM_GETNEIGH = 30;
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_NOARP = 0x80;
const IFF_MULTICAST = 0x1000;
const IFF_LOWER_UP = 0x10000;
const AF_NUMBERS: Readonly<Record<Family, number>> = { ipv4: 2, ipv6: 10 };

/** Lengths of `struct ifinfomsg`, `ifaddrmsg`, `rtmsg` and `ndmsg`. */
const IFINFOMSG = 16;
const IFADDRMSG = 8;
const RTMSG = 12;
const NDMSG = 12;

/** Asks for the table that the route is in (`RTM_F_LOOKUP_TABLE`). */
const LOOKUP_TABLE = 0x1000;

export const raw: Codec<Uint8Array> = {
  encode: (out, value) => out.raw(value, value.length),
  decode: (bytes, offset, length) => bytes.subarray(offset, offset + length),
};

const LINK = new AttributeTable("IFLA_", { IFNAME: [3, cstring], MTU: [4, u32] });
const ADDRESS = new AttributeTable("IFA_", { ADDRESS: [1, raw], LOCAL: [2, raw] });
const NEIGHBOUR = new AttributeTable("NDA_", { DST: [1, raw] });
const METRICS = new AttributeTable("RTAX_", { MTU: [2, u32] });
const ROUTE = new AttributeTable("RTA_", {
  DST: [1, raw],
  SRC: [2, raw],
  IIF: [3, u32],
  OIF: [4, u32],
  GATEWAY: [5, raw],
  PREFSRC: [7, raw],
  METRICS: [8, METRICS],
  TABLE: [15, u32],
  MARK: [16, u32],
  VIA: [18, raw],
});

const ROUTE_TYPES: readonly (RouteType | undefined)[] = [
  undefined,
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
];

/** How the kernel refuses to look a route up, for routes that lead nowhere. */
const REFUSALS: Readonly<Record<string, RouteType>> = {
  ENETUNREACH: "none",
  EHOSTUNREACH: "unreachable",
  EACCES: "prohibit",
  EINVAL: "blackhole",
};

/** What it says of packets that come in: that of a blackhole it says of forged sources, too. */
const INPUT_REFUSALS: Readonly<Record<string, RouteType>> = { ...REFUSALS, EINVAL: "refused", EXDEV: "refused" };

/** `NUD_*` of `<linux/neighbour.h>`. */
const NEIGHBOUR_STATES: Readonly<Record<number, NeighbourState>> = {
  1: "incomplete",
  2: "reachable",
  4: "stale",
  8: "delay",
  16: "probe",
  32: "failed",
  64: "noarp",
  128: "permanent",
};

export async function readLinks(netlink: RtNetlink): Promise<Link[]> {
  const messages = await netlink.dump(RTM_GETLINK, new Uint8Array(IFINFOMSG));
  return messages.map((message) => {
    const { IFNAME: name, MTU: mtu } = LINK.decode(message, ...behind(message, IFINFOMSG));
    if (name === undefined || mtu === undefined) throw new DecodeError("IFLA_IFNAME or IFLA_MTU is missing");
    const flags = u32.decode(message, 8, 4);
    return {
      index: u32.decode(message, 4, 4),
      name,
      mtu,
      up: (flags & IFF_UP) !== 0,
      carrier: (flags & IFF_LOWER_UP) !== 0,
      multicast: (flags & IFF_MULTICAST) !== 0,
      arp: (flags & (IFF_LOOPBACK | IFF_NOARP)) === 0,
    };
  });
}

export async function readAddresses(netlink: RtNetlink): Promise<InterfaceAddress[]> {
  const messages = await netlink.dump(RTM_GETADDR, new Uint8Array(IFADDRMSG));
  return messages.flatMap((message) => {
    const { ADDRESS: address, LOCAL: local } = ADDRESS.decode(message, ...behind(message, IFADDRMSG));
    // On point-to-point interfaces IFA_ADDRESS is the peer.
    const own = local ?? address;
    if (own === undefined || familyOfNumber(message[0]!) === undefined) return [];
    return [{ address: addressOf(own), prefixLength: message[1]!, link: u32.decode(message, 4, 4) }];
  });
}

export async function readNeighbours(netlink: RtNetlink): Promise<Neighbour[]> {
  const messages = await netlink.dump(RTM_GETNEIGH, new Uint8Array(NDMSG));
  return messages.flatMap((message) => {
    const { DST: address } = NEIGHBOUR.decode(message, ...behind(message, NDMSG));
    if (address === undefined || familyOfNumber(message[0]!) === undefined) return [];
    const state = NEIGHBOUR_STATES[u16.decode(message, 8, 2)] ?? "none";
    return [{ address: addressOf(address), link: u32.decode(message, 4, 4), state }];
  });
}

/** What `ip route get` shows. */
export async function readRoutes(netlink: RtNetlink, questions: readonly RouteQuestion[]): Promise<Route[]> {
  const answers = await netlink.ask(RTM_GETROUTE, questions.map(routeQuestion));
  return answers.map((answer, index) => readRoute(answer, questions[index]!));
}

function routeQuestion({ address, mark, input, source }: RouteQuestion): Uint8Array {
  const family = familyOf(address);
  const bits = ADDRESS_LENGTH[family] * 8;
  const out = new Writer(96);
  out.raw(Uint8Array.of(AF_NUMBERS[family], bits, source === undefined ? 0 : bits), RTMSG - 4);
  out.u32(LOOKUP_TABLE);
  const from = source === undefined ? undefined : addressBytes(source);
  ROUTE.encode(out, { DST: addressBytes(address), SRC: from, IIF: input, MARK: mark });
  return Uint8Array.from(out.bytes);
}

function readRoute(answer: Answer, { address, input }: RouteQuestion): Route {
  const family = familyOf(address);
  if ("errno" in answer) {
    const type = own(input === undefined ? REFUSALS : INPUT_REFUSALS, errnoCode(answer.errno));
    if (type === undefined) throw new HostError(`rtnetlink: ${errnoCode(answer.errno)} for a route`);
    return { type };
  }
  const values = ROUTE.decode(answer, ...behind(answer, RTMSG));
  const gateway = values.GATEWAY ? addressOf(values.GATEWAY) : values.VIA && viaAddress(values.VIA);
  return {
    type: ROUTE_TYPES[answer[7]!] ?? "unicast",
    ...(values.OIF !== undefined && { link: values.OIF }),
    ...(gateway !== undefined && { gateway }),
    ...(values.PREFSRC?.length === ADDRESS_LENGTH[family] && { source: addressOf(values.PREFSRC) }),
    ...(values.METRICS?.MTU !== undefined && { mtu: values.METRICS.MTU }),
    ...(values.TABLE !== undefined && { table: values.TABLE }),
  };
}

/** `struct rtvia`: the family in 16 bits, then the address. */
function viaAddress(bytes: Uint8Array): Address {
  return addressOf(bytes.subarray(2));
}

export function addressOf(bytes: Uint8Array): Address {
  const family = (["ipv4", "ipv6"] as const).find((candidate) => ADDRESS_LENGTH[candidate] === bytes.length);
  if (family === undefined) throw new DecodeError(`rtnetlink: an address of ${bytes.length} bytes`);
  return addressFromBytes(family, bytes);
}

export function familyOfNumber(number: number): Family | undefined {
  return (["ipv4", "ipv6"] as const).find((family) => AF_NUMBERS[family] === number);
}

/** Where the attributes lie behind a fixed header. */
export function behind(message: Buffer, header: number): readonly [offset: number, length: number] {
  if (message.length < header) throw new DecodeError(`rtnetlink: a message of ${message.length} bytes`);
  return [header, message.length - header];
}
