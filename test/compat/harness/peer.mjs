// One end of real traffic. `peer.mjs server` answers on TCP and UDP ports; `peer.mjs client JSON` sends what the list says,
// prints "ready" when every answer came, and keeps its connections open until it is killed.
import dgram from "node:dgram";
import net from "node:net";

const SERVED_TCP = [80, 8080];
const SERVED_UDP = [53, 5060];

function serve() {
  const listening = SERVED_TCP.map(
    (port) =>
      new Promise((resolve) => {
        net.createServer((socket) => socket.pipe(socket).on("error", () => {})).listen({ port, host: "::" }, resolve);
      }),
  );
  const bound = SERVED_UDP.map((port) => {
    const socket = dgram.createSocket("udp6");
    socket.on("message", (message, from) => socket.send(message, from.port, from.address));
    return new Promise((resolve) => socket.bind(port, resolve));
  });
  return Promise.all([...listening, ...bound]);
}

/** `{ tcp: host, port, closed? }` or `{ udp: host, port, payload?, lost? }`; `lost` and `tcp` to nobody wait for no answer. */
function send({ tcp, udp, port, payload = "hello", closed = false, lost = false }) {
  return new Promise((resolve) => {
    if (tcp) {
      const socket = net.connect({ host: tcp, port }, () => socket.write(payload));
      socket.on("error", () => {});
      socket.once("data", () => (closed ? socket.end(resolve) : resolve()));
      if (lost) setTimeout(resolve, 100);
      return;
    }
    const socket = dgram.createSocket(udp.includes(":") ? "udp6" : "udp4");
    socket.on("message", resolve);
    socket.send(payload, port, udp, () => lost && resolve());
  });
}

const [role, list] = process.argv.slice(2);
await (role === "server" ? serve() : Promise.all(JSON.parse(list).map(send)));
console.log("ready");
setInterval(() => {}, 3_600_000);
