import { type Address, formatEndpoint } from "../model/address.js";
import { COLUMN, type ServerRows } from "../model/server-rows.js";
import type { Protocol } from "../model/service.js";
import type { Names } from "../names/names.js";
import type { ByteLines } from "./bytes.js";

/** ipvsadm 1.31 builds each address and port in 60 bytes. */
const LONGEST = 59;

/**
 * `192.0.2.1:80`, `[2001:db8::1]:80`, or with names `web.example.com:http`, `[six.example.com]:http`.
 *
 * @param protocol tells which service names apply to the port; absent (firewall marks): ports stay numbers
 * @param names absent means numeric
 * @param wide without that limit
 */
export function endpointText(
  address: Address,
  port: number,
  protocol: Protocol | undefined,
  names: Names | undefined,
  wide: boolean,
): string {
  if (names === undefined) return formatEndpoint(address, port);
  const host = names.hostOf(address) ?? address;
  const service = (protocol === undefined ? undefined : names.serviceOf(port, protocol)) ?? port;
  const text = address.includes(":") ? `[${host}]:${service}` : `${host}:${service}`;
  return wide ? text : text.slice(0, LONGEST);
}

/** Writes the address of a row. */
export function writeAddress(out: ByteLines, rows: ServerRows, row: number): void {
  if (rows.words[rows.at(row) + COLUMN.VERSION] === 4) out.ipv4(rows.words[rows.at(row) + COLUMN.ADDRESS]!);
  else out.text(rows.address(row));
}
