import { type Family, parseIpv4 } from "../model/address.js";
import { refuse } from "./remarks.js";
import { number, shown } from "./values.js";

/** The family of which a `persistence_granularity` can be: `255.255.255.0` or `64`. */
export const readFamily = (text: string): Family => (text.includes(".") ? "ipv4" : "ipv6");

/** A granularity as services hold it. Throws Mistake. */
export function netmask(text: string, family: Family): string | number {
  if (family === "ipv6") return number(text, 1, 128);
  if (!text.includes(".")) {
    return refuse(
      `persistence_granularity must be a mask such as 255.255.255.0: keepalived reads ${shown(text)} as 0.0.0.${text}`,
    );
  }
  return parseIpv4(text) ?? refuse(`persistence_granularity must be a mask such as 255.255.255.0, not ${shown(text)}`);
}
