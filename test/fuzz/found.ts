/** An input that a reader once broke on. */
export interface Found {
  readonly name: string;
  readonly input: unknown;
}

const nft = (expr: unknown) => ({
  name: "nft-json",
  input: JSON.stringify({
    nftables: [
      { chain: { family: "ip", table: "t", name: "c", hook: "input", prio: 0, policy: "accept" } },
      { rule: { family: "ip", table: "t", chain: "c", expr } },
    ],
  }),
});
/** Every input that ever broke a reader: crashes, hangs and readings that cannot be. */
export const FOUND: readonly Found[] = [
  ...[{ match: null }, { jump: null }, { vmap: null }, { mangle: null }].map((statement) => nft([statement])),
  nft([{ match: { op: "==", left: { meta: { key: "mark" } }, right: { range: null } } }]),
  nft([{ match: { op: "==", left: { payload: { protocol: "tcp", field: "dport" } }, right: { range: "x" } } }]),
  nft([{ match: { op: { toString: null }, left: { meta: { key: { toString: null } } }, right: { toString: null } } }]),
  nft([{ mangle: { key: { meta: { key: "mark" } }, value: 1.5 } }]),
  nft([{ mangle: { key: { meta: { key: "mark" } }, value: -1 } }]),
  { name: "iptables-save", input: "*mangle\n:INPUT ACCEPT [0:0]\n-A INPUT -j MARK --set-mark x/y\n" },
  {
    name: "ip_vs",
    input: "IP Virtual Server version 1.2.1 (size=4096)\n\n\nFWM  00000007 rr\n  -> 0A00002A:0050 constructor 1 5 12\n",
  },
  { name: "keys", input: ["toString", "left"].map((name) => ({ name, text: "", ctrl: false })) },
];
