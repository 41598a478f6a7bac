import type { LiveDestination } from "../model/table.js";

/** What a scheduler makes of a new connection. */
export type Choice = Chosen | Refused | Open;

/** This server gets it. */
export interface Chosen {
  readonly kind: "server";
  readonly server: LiveDestination;
  readonly why: string;
}

/** No server gets it, and its packets are dropped. */
export interface Refused {
  readonly kind: "none";
  readonly why: string;
}

/** Which server gets it cannot be known: one of the candidates, or none if there is no candidate that takes it in the end. */
export interface Open {
  readonly kind: "unknown";
  readonly candidates: readonly LiveDestination[];
  /** The candidate that would get it as the counts of connections are now. */
  readonly now?: LiveDestination;
  readonly why: string;
}

/** Who asks. */
export interface Client {
  readonly address: string;
  /** Absent: any. */
  readonly port?: number;
}

/** What a scheduler does with a new connection of a client. */
export type Chooser = (client: Client) => Choice;
