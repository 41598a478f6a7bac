import { type Address, addressBytes, addressFromBytes, type Family, familyOf } from "../model/address.js";
import { type Place, type Remarks, refuse } from "./remarks.js";
import { family } from "./service-words.js";
import type { Statement } from "./statements.js";
import { address, number, port, shown } from "./values.js";

/** One of the addresses and marks of a `virtual_server_group`. */
export type Member = { readonly place: Place } & (
  | { readonly address: Address; readonly port: number }
  | { readonly fwmark: number; readonly family?: Family }
);

/** keepalived counts in the last part of an address alone (2.2.7), which also limits how many services a range makes. */
const LAST_PART: Readonly<Record<Family, bigint>> = { ipv4: 0x100n, ipv6: 0x1_0000n };

/** The members of a group in their order; each mistake is told, and its line left out. */
export function readMembers(statements: readonly Statement[], remarks: Remarks): Member[] {
  return statements.flatMap((statement) => {
    const { place, word } = statement;
    return remarks.attempt(place, word, () => membersOf(statement)) ?? [];
  });
}

function membersOf({ place, word, args, block }: Statement): Member[] {
  if (block !== undefined) return refuse("has no block");
  if (word === "fwmark") {
    if (args.length > 2) return refuse(`has too many words on its line: ${args.slice(2).join(" ")}`);
    const own = args[1] === undefined ? {} : { family: family(args[1]) };
    return [{ place, fwmark: number(args[0] ?? "", 1, 0xffffffff), ...own }];
  }
  if (args.length > 1) return refuse(`has too many words on its line: ${args.slice(1).join(" ")}`);
  const memberPort = port(args[0]) ?? 0;
  return addressRange(word).map((one) => ({ place, address: one, port: memberPort }));
}

/** `A`, `A-LAST`, where LAST is the last part of an address or a whole one, and `A/BITS`. */
function addressRange(text: string): Address[] {
  const [, from, sign, to] =
    /^([^-/]+)(?:([-/])(.+))?$/.exec(text) ?? refuse(`${shown(text)} is not an address or a range`);
  const first = address(from!);
  if (sign === undefined) return [first];
  const start = numberOf(first);
  const count = sign === "/" ? blockSize(first, start, to!) : numberOf(lastOf(first, to!)) - start + 1n;
  if (count < 1n) return refuse(`the range ${text} ends before it begins`);
  const part = LAST_PART[familyOf(first)];
  if ((start % part) + count > part) {
    return refuse(`the range ${text} leaves the last part of its address, where keepalived begins again at 0`);
  }
  return Array.from({ length: Number(count) }, (_, index) => addressOf(familyOf(first), start + BigInt(index)));
}

function lastOf(first: Address, text: string): Address {
  if (/[.:]/.test(text)) {
    const last = address(text);
    return familyOf(last) === familyOf(first) ? last : refuse("a range cannot lead from one family to the other");
  }
  const head = first.slice(0, Math.max(first.lastIndexOf("."), first.lastIndexOf(":")) + 1);
  return address(head + text);
}

function blockSize(first: Address, start: bigint, text: string): bigint {
  const bits = familyOf(first) === "ipv4" ? 32 : 128;
  const size = 1n << BigInt(bits - number(text, 1, bits));
  return start % size === 0n ? size : refuse(`${first}/${text} has bits behind its prefix, and keepalived ignores it`);
}

function numberOf(text: Address): bigint {
  return addressBytes(text).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function addressOf(kind: Family, value: bigint): Address {
  const length = kind === "ipv4" ? 4 : 16;
  const bytes = Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn));
  return addressFromBytes(kind, bytes);
}
