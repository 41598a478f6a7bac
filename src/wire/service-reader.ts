import { DecodeError } from "../errors.js";
import type { EngineNames } from "../model/engine-names.js";
import { IP_VS_SVC_F_HASHED } from "../model/service.js";
import { SERVICE_COLUMN, type ServiceList } from "../model/service-list.js";
import type { LiveService } from "../model/table.js";
import { RowReader, type RowShape, type Values } from "./row-reader.js";
import { decodeService } from "./service.js";
import { decodeStats } from "./stats.js";

/** The service of attributes that were decoded. Throws DecodeError where there is none. */
export function decodeLiveService(values: Parameters<typeof decodeService>[0] | undefined): LiveService {
  if (values === undefined) throw new DecodeError("IPVS_CMD_ATTR_SERVICE is missing");
  const service = decodeService(values);
  const stats = decodeStats(values);
  return stats === undefined ? { service } : { service, stats };
}

/** Services as most are: found by an address, and without a persistence engine. */
const SHAPE: RowShape = {
  owner: "SERVICE",
  family: "AF",
  version: SERVICE_COLUMN.VERSION,
  address: ["ADDR", SERVICE_COLUMN.ADDRESS],
  numbers: [
    ["PROTOCOL", SERVICE_COLUMN.PROTOCOL],
    ["PORT", SERVICE_COLUMN.PORT],
    ["FLAGS", SERVICE_COLUMN.FLAGS, ~IP_VS_SVC_F_HASHED],
    ["TIMEOUT", SERVICE_COLUMN.TIMEOUT],
  ],
  netmask: ["NETMASK", SERVICE_COLUMN.NETMASK],
  name: ["SCHED_NAME", SERVICE_COLUMN.SCHEDULER],
  counters: SERVICE_COLUMN.HAS_STATS,
  needs: ["AF", "PROTOCOL", "ADDR", "PORT", "SCHED_NAME", "FLAGS", "TIMEOUT", "NETMASK"],
  refuses: ["FWMARK", "PE_NAME"],
};

/** Reads messages that answer IPVS_CMD_GET_SERVICE. */
export type ServiceReader = RowReader<ServiceList>;

/**
 * @param names those of every list that is read into
 * @param stats whether counters are read, too
 */
export function serviceReader(names: EngineNames, stats: boolean): ServiceReader {
  const append = (rows: ServiceList, { SERVICE }: Values) => {
    rows.append(decodeLiveService(SERVICE));
    return true;
  };
  return new RowReader(SHAPE, stats, append, (name) => names.numberOf(name));
}
