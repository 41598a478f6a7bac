import type { Service } from "../model/service.js";
import type { Stats } from "../model/stats.js";
import type { LiveDestination } from "../model/table.js";
import type { Layout } from "../options/command.js";
import { exactNumber, largeNumber } from "./numbers.js";
import { forwardingText, tunnelText } from "./server-columns.js";
import { serviceOptionsText } from "./service-line.js";

/** How one kind of listing looks. */
export interface Columns {
  /** The two title lines. `more`: blanks, as many as the first column is wider than usual. */
  title(more: string): string;
  /** Whether columns follow a service too, so that its text has to be padded as the address of a server is. */
  readonly figures?: true;
  /** A service line from the service's own text, such as `TCP  192.0.2.1:80`. */
  service(text: string, service: Service, stats: Stats | undefined, exact: boolean): string;
  /** What follows a server's address, which is padded. */
  server(server: LiveDestination, exact: boolean): string;
}

const ADDRESS_TITLE = "Prot LocalAddress:Port";
const SERVER_TITLE = "  -> RemoteAddress:Port";

const options: Columns["service"] = (text, service) => `${text} ${serviceOptionsText(service)}`;

/** Active and inactive connections, the last two columns of most layouts. They end in blanks, as in ipvsadm 1.31. */
function connections({ activeConnections, inactiveConnections }: LiveDestination): string {
  return `${pad(activeConnections, 10)} ${pad(inactiveConnections, 10)}`;
}

function pad(value: number, width: number): string {
  return String(value).padEnd(width);
}

/** Five counters of nine characters; dashes where the kernel sent no statistics. */
function numbers(stats: Stats | undefined, fields: readonly (keyof Stats)[], text: (value: bigint) => string): string {
  let line = "";
  for (const field of fields) line += stats === undefined ? "        -" : text(stats[field]);
  return line;
}

function figure(exact: boolean): (value: bigint) => string {
  return exact ? exactNumber : largeNumber;
}

const TOTALS = ["connections", "inPackets", "outPackets", "inBytes", "outBytes"] as const;
const RATES = ["connectionRate", "inPacketRate", "outPacketRate", "inByteRate", "outByteRate"] as const;
const COUNT_RATES = RATES.slice(0, 3);
const BYTE_RATES = RATES.slice(3);

/** Every layout of `-L`, as in ipvsadm 1.31 down to the trailing blanks. */
export const LAYOUTS: Readonly<Record<Layout, Columns>> = {
  normal: {
    title: (more) =>
      `${ADDRESS_TITLE} Scheduler Flags\n${SERVER_TITLE}${more}           Forward Weight ActiveConn InActConn\n`,
    service: options,
    server: (server) =>
      ` ${forwardingText(server.forwarding).padEnd(7)} ${pad(server.weight, 6)} ${connections(server)}`,
  },
  "tun-info": {
    title: (more) =>
      `${ADDRESS_TITLE} Scheduler Flags\n${SERVER_TITLE}${more}           Forward TunnelInfo    Weight ActiveConn InActConn\n`,
    service: options,
    server: (server) =>
      ` ${forwardingText(server.forwarding).padEnd(7)} ${tunnelText(server).padEnd(13)} ${pad(server.weight, 6)} ${connections(server)}`,
  },
  thresholds: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}            Uthreshold Lthreshold ActiveConn InActConn \n${SERVER_TITLE}\n`,
    service: options,
    server: (server) => ` ${pad(server.upperThreshold, 10)} ${pad(server.lowerThreshold, 10)} ${connections(server)}`,
  },
  "persistent-conn": {
    title: (more) =>
      `${ADDRESS_TITLE}${more}            Weight    PersistConn ActiveConn InActConn \n${SERVER_TITLE}\n`,
    service: options,
    server: (server) => ` ${pad(server.weight, 9)} ${pad(server.persistentConnections, 11)} ${connections(server)}`,
  },
  stats: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}               Conns   InPkts  OutPkts  InBytes OutBytes\n${SERVER_TITLE}\n`,
    figures: true,
    service: (text, _service, stats, exact) => text + numbers(stats, TOTALS, figure(exact)),
    server: ({ stats }, exact) => numbers(stats, TOTALS, figure(exact)),
  },
  rate: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}                 CPS    InPPS   OutPPS    InBPS   OutBPS\n${SERVER_TITLE}\n`,
    figures: true,
    service: (text, _service, stats, exact) => text + numbers(stats, RATES, figure(exact)),
    server: ({ stats }, exact) => numbers(stats, COUNT_RATES, exactNumber) + numbers(stats, BYTE_RATES, figure(exact)),
  },
};
