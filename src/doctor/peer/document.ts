import { DocumentError } from "../../model/document.js";
import { parseJson, readConfiguration, repeatedKeys } from "../../model/document-input.js";
import { renderSavedJson } from "../../render/json.js";
import { checkFacts, FACTS_VERSION, type FactsDocument } from "./schema.js";
import type { Side, WholeSide } from "./side.js";

/** The facts of a director as `ipvsadm doctor --facts` prints them. */
export function renderFacts(side: WholeSide): string {
  const { host, time, table, timeouts, daemons, parameters, unread, ...rest } = side;
  const { namespace, kernel, connections, syncInterfaces, virtualAddresses, writers, movers } = rest;
  const head: Omit<FactsDocument, "ipvs"> = {
    facts: FACTS_VERSION,
    host: plainName(host),
    time: time.toISOString(),
    ...{ namespace, kernel, connections },
    ...(parameters && { parameters: Object.fromEntries(parameters) }),
    ...(syncInterfaces && { syncInterfaces: syncInterfaces.map((one) => ({ ...one, networks: [...one.networks] })) }),
    ...(virtualAddresses && { virtualAddresses: [...virtualAddresses] }),
    ...(writers && { writers: [...writers] }),
    ...(movers && { movers: [...movers] }),
    unread: unread.map((text) => text.slice(0, LONGEST)),
  };
  const ipvs = renderSavedJson(table, timeouts, daemons).join("").trimEnd();
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "ipvs": ${ipvs}\n}\n`;
}

const LONGEST = 1000;

/** The kernel takes any bytes for the name of a host. */
function plainName(host: string): string {
  return host.replace(/[^\w.-]/g, "_").slice(0, 64) || "unnamed";
}

/**
 * Reads facts; nothing of them is believed that has not the shape that it should have. Throws DocumentError, which names every
 * mistake. Loads zod.
 */
export function parseFacts(text: string): Side {
  const value = parseJson(text) as Readonly<Record<string, unknown>>;
  if (Object(value).facts === undefined) {
    throw new DocumentError([{ path: "", reason: "these are not the facts that ipvsadm doctor --facts prints" }]);
  }
  const document = checkFacts(value, repeatedKeys(text));
  const { host, time, namespace, kernel, connections, parameters, unread, ipvs, ...rest } = document;
  const { syncInterfaces, virtualAddresses, writers, movers } = rest;
  const { table = [], timeouts, daemons } = readIpvs(ipvs);
  return {
    ...{ host, time: new Date(time), namespace, kernel, connections, table, unread },
    ...(timeouts && { timeouts }),
    ...(daemons && { daemons }),
    ...(parameters && { parameters: new Map(Object.entries(parameters)) }),
    ...(syncInterfaces && { syncInterfaces }),
    ...(virtualAddresses && { virtualAddresses }),
    ...(writers && { writers }),
    ...(movers && { movers }),
  };
}

function readIpvs(ipvs: FactsDocument["ipvs"]) {
  try {
    return readConfiguration(ipvs);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new DocumentError(
      error.mistakes.map(({ path, reason }) => ({ path: path === "" ? "ipvs" : `ipvs.${path}`, reason })),
    );
  }
}
