import { describe, expect, it } from "vitest";
import { listsModule } from "../../../src/host/proc.js";

const FILES = `kernel/net/netfilter/ipvs/ip_vs.ko.xz:
kernel/net/netfilter/ipvs/ip_vs_rr.ko.xz: kernel/net/netfilter/ipvs/ip_vs.ko.xz
kernel/net/netfilter/xt-names.ko
`;

describe("listsModule", () => {
  it.each(["ip_vs", "ip_vs_rr", "ip-vs_rr", "xt_names", "xt-names"])("has %s", (name) => {
    expect(listsModule(FILES, name)).toBe(true);
  });

  it.each(["ip_vs_r", "vs_rr", "ip_vs_wrr", "ip_vs_[", "ip.vs", "ip_vs_(a+)+", "", "ip_vs_\x1b[31m"])(
    "has no %j, which is no pattern either",
    (name) => expect(listsModule(FILES, name)).toBe(false),
  );
});
