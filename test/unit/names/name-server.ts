import { createSocket, type Socket } from "node:dgram";

/** A name server on the loopback that knows addresses and names of hosts, and remembers what it was asked. */
export interface NameServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Questions in the order of arrival, such as `1.0.0.10.in-addr.arpa` or `web.example.test`. */
  readonly questions: readonly string[];
}

/** @param answers question -> names, or IPv4 addresses for the question of a name; `undefined` (no entry) is answered with NXDOMAIN, `"silence"` with nothing */
export async function startNameServer(answers: Readonly<Record<string, readonly string[]>> | "silence") {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (query, from) => {
    const question = readQuestion(query);
    questions.push(question);
    if (answers !== "silence") socket.send(answer(query, answers[question] ?? []), from.port, from.address);
  });
  const port = await bind(socket);
  return {
    address: `127.0.0.1:${port}`,
    questions,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  } satisfies NameServer;
}

function bind(socket: Socket): Promise<number> {
  return new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket.address().port)));
}

function readQuestion(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; query[at] !== 0; at += query[at]! + 1) {
    labels.push(query.toString("latin1", at + 1, at + 1 + query[at]!));
  }
  return labels.join(".");
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, "latin1")]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

const A = 1;

/** RFC 1035: the query's header and question again, then one record (A or PTR) for each address or name. */
function answer(query: Buffer, names: readonly string[]): Buffer {
  const questionEnd = query.indexOf(0, 12) + 5;
  const head = Buffer.from(query.subarray(0, questionEnd));
  head.writeUInt16BE(names.length > 0 ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(names.length, 6);
  head.writeUInt32BE(0, 8);
  const type = query.readUInt16BE(questionEnd - 4);
  const records = names.map((name) => {
    const data = type === A ? Buffer.from(name.split(".").map(Number)) : encodeName(name);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(60, 6);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, ...records]);
}
