import type { Change } from "../model/change.js";
import { serverId } from "../model/destination.js";
import { serviceId } from "../model/service.js";
import type { Wanted, WantedSetting } from "../rules/wanted.js";
import { excusesOf } from "./excuses.js";
import { type Globals, readGlobals } from "./global-words.js";
import { type Member, readMembers } from "./group-words.js";
import { type Files, Lines } from "./include.js";
import { Preprocessor } from "./lines.js";
import { Mistake, type Place, placeText, type Remark, Remarks } from "./remarks.js";
import { type IntendedService, resolveService } from "./resolve.js";
import { SECTIONS } from "./sections.js";
import { SERVER_WORDS } from "./server-words.js";
import { SERVICE_WORDS, type ServiceDraft, serviceDraft } from "./service-words.js";
import { readStatements, type Statement } from "./statements.js";
import { readBlock } from "./words.js";

/** What the reader of a keepalived.conf needs to know besides its text. */
export interface KeepalivedContext {
  /** Of the file that the text comes from; included files are relative to it. */
  readonly path: string;
  readonly files: Files;
  /** keepalived's configuration id, which decides about lines that begin with `@`; absent: not known. */
  readonly configId?: string;
  readonly mistake: (remark: Remark) => void;
  readonly warn: (remark: Remark) => void;
}

/**
 * The table that keepalived makes of its configuration while all checks succeed, with the timeouts and the sync daemons that do
 * not depend on VRRP. Absent when there was a mistake. As keepalived.conf(5) has it, tried with keepalived 2.2.7; what is not
 * understood is a mistake, never a guess.
 */
export function readKeepalived(text: string, context: KeepalivedContext): Wanted | undefined {
  const remarks = new Remarks(context.mistake, context.warn);
  try {
    const lines = new Lines(context.files, remarks).all(text, context.path);
    const statements = readStatements(new Preprocessor(context.configId, remarks).all(lines), remarks);
    const configuration = new Configuration(remarks);
    for (const statement of statements) configuration.add(statement);
    const wanted = configuration.wanted();
    return remarks.mistakes === 0 ? wanted : undefined;
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    remarks.mistake(error.place ?? { file: "", line: 1 }, error.reason);
    return undefined;
  }
}

/** The sections of a configuration. */
class Configuration {
  readonly #services: ServiceDraft[] = [];
  readonly #groups = new Map<string, readonly Member[]>();
  readonly #globals: Globals = {};
  readonly #remarks: Remarks;

  constructor(remarks: Remarks) {
    this.#remarks = remarks;
  }

  add(statement: Statement): void {
    const { place, word, args, block } = statement;
    const section = SECTIONS.get(word);
    this.#remarks.attempt(place, word, () => {
      if (section === undefined) throw new Mistake(`there is no section ${JSON.stringify(word)}`, place);
      if (section === "elsewhere") {
        this.#remarks.warn(place, `${word}: keepalived keeps its table in another network namespace than its own`);
      } else if (section !== "ignored") {
        if (block === undefined) throw new Mistake("needs a block: {");
        if (section === "global") readGlobals(block, this.#globals, this.#remarks);
        else if (section === "group") this.#addGroup(args, block);
        else this.#addService(place, args, block);
      }
    });
  }

  /** What the whole configuration wants. */
  wanted(): Wanted {
    const services = this.#resolved();
    const origins = new Map<string, string>();
    for (const { place, service, servers } of services) {
      origins.set(serviceId(service), placeText(place));
      for (const one of servers) origins.set(serverId(service, one.server), placeText(one.place));
    }
    return {
      table: services.map(({ service, servers }) => ({ service, destinations: servers.map(({ server }) => server) })),
      settings: this.#settings(),
      emptyOnPurpose: false,
      origin: (change: Change) => {
        if (!("service" in change) || change.service === undefined) return undefined;
        return origins.get("server" in change ? serverId(change.service, change.server) : serviceId(change.service));
      },
      excuses: excusesOf(services),
    };
  }

  #addGroup([name, ...more]: readonly string[], block: readonly Statement[]): void {
    if (name === undefined || more.length > 0) throw new Mistake("needs one name");
    if (this.#groups.has(name)) throw new Mistake(`there is a group ${name} already`);
    this.#groups.set(name, readMembers(block, this.#remarks));
  }

  #addService(place: Place, args: readonly string[], block: readonly Statement[]): void {
    const draft = serviceDraft(place, args);
    readBlock(block, SERVICE_WORDS, draft, this.#remarks);
    for (const server of draft.servers) readBlock(server.block, SERVER_WORDS, server.draft, this.#remarks);
    this.#services.push(draft);
  }

  #resolved(): IntendedService[] {
    const found = new Map<string, IntendedService>();
    const add = (service: IntendedService, id: string) => {
      const old = found.get(id);
      if (old !== undefined) throw new Mistake(`service ${id} is there since ${placeText(old.place)}`, service.place);
      found.set(id, service);
    };
    for (const draft of this.#services) {
      this.#remarks.attempt(draft.place, "virtual_server", () => {
        if (draft.servers.length === 0) {
          return this.#remarks.warn(draft.place, "virtual_server without a real_server: keepalived ignores it");
        }
        for (const service of resolveService(draft, this.#membersOf(draft))) add(service, serviceId(service.service));
      });
    }
    return [...found.values()];
  }

  #membersOf({ place, target }: ServiceDraft): readonly Member[] | undefined {
    if (!("group" in target)) return undefined;
    const { marks } = this.#globals;
    if (marks !== undefined) {
      throw new Mistake(
        `nftables_ipvs (${placeText(marks)}) makes a mark of the group, which is not known here`,
        place,
      );
    }
    return this.#groups.get(target.group);
  }

  #settings(): WantedSetting[] {
    const { timeouts, daemon } = this.#globals;
    const settings: WantedSetting[] = [];
    if (timeouts) {
      settings.push({ origin: placeText(timeouts.place), change: { kind: "set", timeouts: timeouts.values } });
    }
    if (daemon !== undefined && daemon.instance === undefined) {
      for (const state of ["master", "backup"] as const) {
        const own = { ...daemon.options, state, syncId: daemon.syncId ?? 0 };
        settings.push({ origin: placeText(daemon.place), change: { kind: "start-daemon", daemon: own } });
      }
    }
    return settings;
  }
}
