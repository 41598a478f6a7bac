import type { IpvsClient } from "../client/client.js";
import type { Info } from "../model/settings.js";
import type { Names } from "../names/names.js";
import type { Io } from "./io.js";

/** What every command of one program run has at hand. */
export interface Session {
  /** The name that the program was called by, for messages. */
  readonly program: string;
  readonly io: Io;
  readonly names: Names;
  readonly client: IpvsClient;
  readonly info: Info;
}
