import { type Address, addressBytes, familyOf } from "../model/address.js";

/** The golden ratio as the kernel multiplies with it (`hash_32` of <linux/hash.h>, since Linux 4.18 in ip_vs_sh.c and ip_vs_dh.c). */
const GOLDEN_RATIO = 0x61c88647;

/** `hash_32`: the upper `bits` bits of a product. */
export function multiplicativeHash(value: number, bits: number): number {
  return Math.imul(value, GOLDEN_RATIO) >>> (32 - bits);
}

/** The four words of an IPv6 address XORed, or the only one of an IPv4 address: as an unsigned number. */
export function foldedAddress(address: Address): number {
  const bytes = addressBytes(address);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let fold = 0;
  for (let at = 0; at < bytes.length; at += 4) fold ^= view.getUint32(at);
  return fold >>> 0;
}

/** As `foldedAddress`; the kernel reads the address of a tunnel server of the other family as if it were of the service's. */
export function foldedAs(family: "ipv4" | "ipv6", address: Address): number {
  if (family === "ipv6" || familyOf(address) === "ipv4") return foldedAddress(address);
  const bytes = addressBytes(address);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

const WORD = (1n << 64n) - 1n;

const rotated = (value: bigint, bits: bigint) => ((value << bits) | (value >> (64n - bits))) & WORD;

/** The starting state of SipHash: "somepseudorandomlygeneratedbytes". */
const START = [0x736f6d6570736575n, 0x646f72616e646f6dn, 0x6c7967656e657261n, 0x7465646279746573n] as const;

/**
 * SipHash-1-3 of one 32-bit number, cut to 32 bits: what `hsiphash_1u32` of the kernel is on 64-bit machines. Both halves of the
 * key are the same number in ip_vs_mh.c.
 */
export function sipHash13(value: number, key: bigint): number {
  let [v0, v1, v2, v3] = START.map((word) => word ^ key) as [bigint, bigint, bigint, bigint];
  const round = () => {
    v0 = (v0 + v1) & WORD;
    v1 = rotated(v1, 13n) ^ v0;
    v0 = rotated(v0, 32n);
    v2 = (v2 + v3) & WORD;
    v3 = rotated(v3, 16n) ^ v2;
    v0 = (v0 + v3) & WORD;
    v3 = rotated(v3, 21n) ^ v0;
    v2 = (v2 + v1) & WORD;
    v1 = rotated(v1, 17n) ^ v2;
    v2 = rotated(v2, 32n);
  };
  // The last block holds the length, four bytes, and the number itself.
  const block = (4n << 56n) | BigInt(value >>> 0);
  v3 ^= block;
  round();
  v0 ^= block;
  v2 ^= 0xffn;
  for (let count = 0; count < 3; count++) round();
  return Number((v0 ^ v1 ^ v2 ^ v3) & 0xffffffffn);
}
