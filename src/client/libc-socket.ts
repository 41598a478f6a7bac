import { NETLINK_GENERIC } from "../wire/constants.js";
import { DirectSocket } from "./direct.js";
import { openNetlink } from "./libc.js";
import type { OpenSocket } from "./netlink-socket.js";

/** The way of the executable, which has no native packages: the build puts this file in the place of `socket.ts`. */
export const openSocket: OpenSocket = (receiver, protocol = NETLINK_GENERIC) =>
  new DirectSocket(openNetlink(protocol), receiver);
