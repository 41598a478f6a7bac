import { type Destination, PLAIN_TUNNEL, sameTunnel } from "../model/destination.js";

/** What goes back together, and how a message shows it. */
interface Part {
  readonly name: string;
  readonly same: (a: Destination, b: Destination) => boolean;
  readonly back: (server: Destination, old: Destination) => Destination;
  readonly text: (server: Destination) => string;
}

/** A server's record in the parts that can go back one by one. */
const PARTS: readonly Part[] = [
  {
    name: "weight",
    same: (a, b) => a.weight === b.weight,
    back: (server, { weight }) => ({ ...server, weight }),
    text: ({ weight }) => `-w ${weight}`,
  },
  {
    name: "forwarding",
    same: (a, b) => a.forwarding === b.forwarding && sameTunnel(a.tunnel ?? PLAIN_TUNNEL, b.tunnel ?? PLAIN_TUNNEL),
    back: ({ tunnel: _, ...server }, { forwarding, tunnel }) => ({ ...server, forwarding, ...(tunnel && { tunnel }) }),
    text: ({ forwarding }) => String(forwarding),
  },
  {
    name: "thresholds",
    same: (a, b) => a.upperThreshold === b.upperThreshold && a.lowerThreshold === b.lowerThreshold,
    back: (server, { upperThreshold, lowerThreshold }) => ({ ...server, upperThreshold, lowerThreshold }),
    text: ({ upperThreshold, lowerThreshold }) => `-x ${upperThreshold} -y ${lowerThreshold}`,
  },
];

/**
 * A server as it has to be after a change is taken back.
 *
 * @param old as the picture has it
 * @param made as the change made it; absent: the change did not edit it
 * @param note told of each part that another program changed since, which stays
 */
export function serverBefore(
  old: Destination,
  now: Destination,
  made: Destination | undefined,
  note: (what: string) => void,
): Destination {
  return PARTS.reduce((server, { name, same, back, text }) => {
    if (same(now, old)) return server;
    if (made !== undefined && same(now, made) && !same(made, old)) return back(server, old);
    note(`${name} changed, and stays so: ${text(now)}`);
    return server;
  }, now);
}
