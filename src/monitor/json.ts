import { counter, destinationDocument, serviceDocument } from "../render/document.js";
import { changeOf, type Event } from "./events.js";
import type { EventDocument } from "./schema.js";

/** An event as a line of JSON, with its line end. */
export function eventJson(time: Date, event: Event): string {
  const line = { time: time.toISOString(), change: changeOf(event), ...documentOf(event) } as EventDocument;
  return `${JSON.stringify(line)}\n`;
}

function documentOf(event: Event): object {
  switch (event.what) {
    case "service":
      return { ...event, ...sides(event, (service) => serviceDocument(service)) };
    case "server":
      return { ...event, ...sides(event, (server) => destinationDocument(server)) };
    case "replies":
      return { ...event, inPackets: counter(event.inPackets), outPackets: counter(event.outPackets) };
    default:
      return event;
  }
}

function sides<T>(
  { before, after }: { readonly before?: T; readonly after?: T },
  document: (side: T) => object,
): object {
  return { ...(before && { before: document(before) }), ...(after && { after: document(after) }) };
}
