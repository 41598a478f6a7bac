// client.js: a client of the lab whose connections last, in groups that have names. It reads commands, one JSON object a line, and
// answers each with a line of JSON:
//
//   {"open": "idle", "address": "192.0.2.100", "port": 7, "from": ["192.0.2.8"], "greeted": true}
//                         a connection from each address: what its server greets it with, if it does
//   {"ports": "idle"}     the ports of its connections here
//   {"echo": "idle"}      says a line on each and waits for its echo: whether it came before the connection ended
//   {"send": "idle"}      from now on 20 KB a second on each, for the server to send back
//   {"returned": "idle"}  how many of these bytes came back by now; null: the connection has ended
//   {"stop": "idle"}      sends no more, and waits for what is on its way: the bytes sent and those that came back
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";

const BLOCK = 1024;

/** The bytes that are sent: numbered words, so that none can be lost, doubled or changed without being noticed. */
function pattern(start, length) {
  const first = Math.floor(start / 4);
  const words = Uint32Array.from({ length: Math.ceil(length / 4) + 1 }, (_, index) => first + index);
  return Buffer.from(words.buffer, start % 4, length);
}

class Connection {
  heard = "";
  sent = 0;
  returned = 0;
  sending = undefined;
  ended = false;
  notify = () => {};

  constructor(options) {
    this.socket = connect(options);
    this.socket.on("error", () => {}); // followed by "close"
    this.socket.on("close", () => {
      this.ended = true;
      this.notify();
    });
    this.socket.on("data", (bytes) => {
      if (this.sending === undefined) this.heard += bytes;
      else if (bytes.equals(pattern(this.returned, bytes.length))) this.returned += bytes.length;
      else throw new Error(`not what was sent, after ${this.returned} bytes`);
      this.notify();
    });
  }

  /** Waits for a condition; false when the connection ends before. */
  async until(condition) {
    while (!condition() && !this.ended) {
      await new Promise((resolve) => {
        this.notify = resolve;
      });
    }
    return condition();
  }

  async readLine() {
    await this.until(() => this.heard.includes("\n"));
    const [line, ...rest] = this.heard.split("\n");
    this.heard = rest.join("\n");
    return line;
  }

  async echo() {
    this.socket.write("still there?\n");
    return (await this.readLine()) === "still there?";
  }

  send() {
    this.sending = setInterval(() => {
      this.socket.write(pattern(this.sent, BLOCK));
      this.sent += BLOCK;
    }, 50);
  }

  async stop() {
    clearInterval(this.sending);
    await this.until(() => this.returned === this.sent);
    return { sent: this.sent, returned: this.returned };
  }
}

const groups = new Map();

async function open({ open: name, address, port, from, greeted }) {
  const group = from.map((localAddress) => new Connection({ host: address, port, localAddress }));
  groups.set(name, group);
  await Promise.all(group.map(({ socket }) => once(socket, "connect")));
  return greeted ? Promise.all(group.map((connection) => connection.readLine())) : [];
}

const deeds = {
  ports: ({ socket }) => socket.localPort,
  echo: (connection) => connection.echo(),
  send: (connection) => connection.send(),
  returned: ({ returned, ended }) => (ended ? null : returned),
  stop: (connection) => connection.stop(),
};

for await (const line of createInterface(process.stdin)) {
  const command = JSON.parse(line);
  const [[verb, name]] = Object.entries(command);
  const answer = verb === "open" ? await open(command) : await Promise.all(groups.get(name).map(deeds[verb]));
  console.log(JSON.stringify(answer));
}
