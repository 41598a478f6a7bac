import type { Command } from "commander";
import { UsageError } from "../errors.js";
import { isFirewallMark } from "../model/service.js";
import { withNames } from "../names/names.js";
import { systemNames } from "../names/system.js";
import { inRange, refuse } from "../options/readers.js";
import { parseEndpoint } from "../options/values.js";
import { withConnection } from "../program/connect.js";
import { EXIT, exitStatusHelp } from "../program/exit-status.js";
import { readFileOrInput } from "../program/file.js";
import { paragraph } from "../program/layout.js";
import { addServiceOptions, entryOf, readService } from "../program/selectors.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { ifGiven, once, type Read } from "../program/subcommand-options.js";
import { answer } from "./answer.js";
import { checkFamilies, readClient, readClients } from "./clients.js";
import { type Gathered, gather, type Said } from "./gather.js";
import { answerText, distributionText } from "./text.js";

const TEXT = `
Where would this client go, and why: to the server of its connection, if it
has one; else of the template of a persistent service that ties it; else where
the scheduler sends a new connection. sh, dh and mh are computed as the kernel
does it; of the others it is said what they go by, and who the candidates are.
The answer holds for the table of now.

The kernel does not tell everything: which weight a server of weight 0 had
before, by which mh goes (what drain remembers, or --last-weight, helps), and
whether a server whose connections are between its two thresholds is full.
Such clients are said to be unknown.

${paragraph(exitStatusHelp("where"))}
  ipvsadm where 203.0.113.7 -t 192.0.2.1:80
  ipvsadm where 203.0.113.7:40000 -t 192.0.2.1:80   this very connection
  ipvsadm where 203.0.113.7 -f 7 --vip 192.0.2.1:80
  ipvsadm where --all clients.txt -t 192.0.2.1:80   how clients are spread
`;

/** `ipvsadm where CLIENT[:PORT]|--all FILE SERVICE [--vip HOST[:PORT]] [--last-weight N] [--json]`. */
export function define(command: Command, { io, exit }: SubcommandContext): Command {
  return addServiceOptions(command.argument("[client]", "address of a client, with its port if it is known"))
    .option(
      "--all <FILE>",
      "the clients of a file, one a line: how they are spread; - reads standard input",
      once("all"),
    )
    .option("--vip <HOST[:PORT]>", "with -f: where the client goes to", once("vip"))
    .option("--last-weight <N>", "with mh: what servers of weight 0 had before; 0: never any", once("last-weight"))
    .option("-j, --json", "as JSON, every client by itself; ipvsadm schema where describes it")
    .addHelpText("after", TEXT)
    .action(async (text: string | undefined, options: Read) => {
      const names = systemNames();
      const file = ifGiven(options.all, (path) => path);
      if ((text === undefined) === (file === undefined)) throw new UsageError("name a client, or a file with --all");
      const { key, said, client } = await withNames(names, () => {
        const key = readService(options, names);
        if (key === undefined) throw new UsageError("name the service: -t, -u, --sctp-service or -f");
        return {
          key,
          said: readSaid(options, isFirewallMark(key), names),
          client: ifGiven(text, (one) => readClient(one, names)),
        };
      });
      const clients = client ? [client] : readClients(readFileOrInput(file!, io));
      checkFamilies(clients, key);
      await withConnection(io, async ({ client: kernel }) => {
        const entry = await entryOf(kernel, key);
        const { evidence, places } = await gather(kernel, entry, clients, said);
        const answers = clients.map((one) => answer(one, evidence));
        const { service, destinations } = entry;
        if (options.json) {
          const { renderWhereJson } = await import("./json.js");
          for (const piece of renderWhereJson(answers, service, destinations, places)) io.out(piece);
        } else if (client) io.out(answerText(answers[0]!, service, note(places)));
        else io.out(distributionText(answers, service, destinations, note(places)));
        exit((answers.every(({ server }) => server !== undefined) ? EXIT.success : EXIT.nowhere).status);
      });
    });
}

function readSaid(options: Read, marked: boolean, names: Parameters<typeof readClient>[1]): Said {
  const virtual = ifGiven(options.vip, (text) => {
    if (!marked) throw new UsageError("--vip goes with -f only");
    return parseEndpoint(text, undefined, names) ?? refuse("vip", text);
  });
  const lastWeight = ifGiven(options.lastWeight, (text) => inRange("weight", text));
  return {
    ...(virtual && {
      virtual:
        virtual.port === undefined ? { address: virtual.address } : { address: virtual.address, port: virtual.port },
    }),
    ...(lastWeight !== undefined && { lastWeight }),
  };
}

/** `ipvsadm schema where`. */
export async function schema(): Promise<object> {
  return (await import("./schema.js")).whereSchema();
}

/** How large the table of the scheduler was taken to be. */
function note(places: Gathered["places"]): string | undefined {
  if (places === undefined) return undefined;
  const { count, source } = places;
  return source === undefined
    ? `a table of ${count} places is Linux's default; the configuration of this kernel cannot be read`
    : `a table of ${count} places, as ${source} has it`;
}
