import { COLUMN, type ServerRows } from "../model/server-rows.js";
import { decodeDestination, IP_VS_CONN_F_FWD_MASK } from "./destination.js";
import { RowReader, type RowShape } from "./row-reader.js";

const SHAPE: RowShape = {
  owner: "DEST",
  family: "ADDR_FAMILY",
  version: COLUMN.VERSION,
  address: ["ADDR", COLUMN.ADDRESS],
  numbers: [
    ["PORT", COLUMN.PORT],
    ["FWD_METHOD", COLUMN.FORWARDING, IP_VS_CONN_F_FWD_MASK],
    ["WEIGHT", COLUMN.WEIGHT],
    ["TUN_TYPE", COLUMN.TUNNEL_TYPE],
    ["TUN_PORT", COLUMN.TUNNEL_PORT],
    ["TUN_FLAGS", COLUMN.TUNNEL_FLAGS],
    ["U_THRESH", COLUMN.UPPER_THRESHOLD],
    ["L_THRESH", COLUMN.LOWER_THRESHOLD],
    ["ACTIVE_CONNS", COLUMN.ACTIVE_CONNECTIONS],
    ["INACT_CONNS", COLUMN.INACTIVE_CONNECTIONS],
    ["PERSIST_CONNS", COLUMN.PERSISTENT_CONNECTIONS],
  ],
  counters: COLUMN.HAS_STATS,
  needs: ["ADDR", "PORT"],
  refuses: [],
};

/** Reads messages that answer IPVS_CMD_GET_DEST. */
export type ServerReader = RowReader<ServerRows>;

/** @param stats whether counters are read, too */
export function serverReader(stats: boolean): ServerReader {
  return new RowReader(SHAPE, stats, (rows: ServerRows, { DEST }, serviceFamily) => {
    if (DEST !== undefined) rows.append(decodeDestination(DEST, serviceFamily));
    return DEST !== undefined;
  });
}
