import { AttributeTable, cstring, u32 } from "../wire/codec.js";
import type { RoutingRule } from "./host.js";
import { addressOf, behind, familyOfNumber, raw } from "./network.js";
import type { RtNetlink } from "./rtnetlink.js";

/** Numbers of `<linux/rtnetlink.h>` and `<linux/fib_rules.h>`. */
const RTM_GETRULE = 34;
const FR_ACT_TO_TBL = 1;
const FIB_RULE_INVERT = 2;

/** Length of `struct fib_rule_hdr`. */
const FIB_RULE_HDR = 12;

const RULE = new AttributeTable("FRA_", {
  DST: [1, raw],
  SRC: [2, raw],
  IIFNAME: [3, cstring],
  PRIORITY: [6, u32],
  FWMARK: [10, u32],
  TABLE: [15, u32],
  FWMASK: [16, u32],
  OIFNAME: [17, cstring],
});

/** What `ip rule` and `ip -6 rule` show. */
export async function readRoutingRules(netlink: RtNetlink): Promise<RoutingRule[]> {
  const messages = await netlink.dump(RTM_GETRULE, new Uint8Array(FIB_RULE_HDR));
  return messages.flatMap((message) => readRule(message) ?? []);
}

/** Absent for rules of other families, such as those of multicast routing. */
function readRule(message: Buffer): RoutingRule | undefined {
  const values = RULE.decode(message, ...behind(message, FIB_RULE_HDR));
  const [number, destinationLength, sourceLength, , shortTable, , , action] = message;
  const family = familyOfNumber(number!);
  if (family === undefined) return undefined;
  const prefix = (bytes: Uint8Array, length: number) => `${addressOf(bytes)}/${length}`;
  return {
    family,
    priority: values.PRIORITY ?? 0,
    ...(values.FWMARK !== undefined && { mark: { value: values.FWMARK, mask: values.FWMASK ?? 0xffffffff } }),
    ...(values.SRC && { source: prefix(values.SRC, sourceLength!) }),
    ...(values.DST && { destination: prefix(values.DST, destinationLength!) }),
    ...(values.IIFNAME !== undefined && { input: values.IIFNAME }),
    ...(values.OIFNAME !== undefined && { output: values.OIFNAME }),
    inverted: (u32.decode(message, 8, 4) & FIB_RULE_INVERT) !== 0,
    ...(action === FR_ACT_TO_TBL && { table: values.TABLE ?? shortTable! }),
  };
}
