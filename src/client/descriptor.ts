import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { NETLINK_GENERIC } from "../wire/constants.js";

const SOCKETS = "/proc/net/netlink";
const DESCRIPTORS = "/proc/self/fd";

/** Columns of /proc/net/netlink: the protocol, the port id and the inode of each socket. */
const PROTOCOL = 1;
const PORT = 2;
const INODE = 9;

/**
 * The file descriptor of this process's netlink socket with a port id, which the binding keeps to itself. Absent where
 * /proc does not tell it either.
 */
export function descriptorOf(port: number, protocol = NETLINK_GENERIC): number | undefined {
  try {
    const inode = inodeOf(readFileSync(SOCKETS, "latin1"), port, protocol);
    if (inode === undefined) return undefined;
    // The newest descriptor is likely to be the last.
    const entry = readdirSync(DESCRIPTORS).findLast((name) => targetOf(name) === `socket:[${inode}]`);
    return entry === undefined ? undefined : Number(entry);
  } catch {
    return undefined;
  }
}

/** The inode of the netlink socket with a port id, from the text of /proc/net/netlink. */
export function inodeOf(text: string, port: number, protocol = NETLINK_GENERIC): string | undefined {
  for (const line of text.split("\n")) {
    const columns = line.trim().split(/ +/);
    if (Number(columns[PROTOCOL]) === protocol && Number(columns[PORT]) === port) return columns[INODE];
  }
  return undefined;
}

/** What a descriptor stands for; absent for the one that the directory was read with, which is closed by now. */
function targetOf(name: string): string | undefined {
  try {
    return readlinkSync(`${DESCRIPTORS}/${name}`);
  } catch {
    return undefined;
  }
}
