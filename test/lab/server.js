// server.js NAME PROTOCOL PORT [ADDRESS]: a real server of the lab. Whatever the protocol, it answers one line that says who
// answers and which client it sees: `rs1 saw 10.0.0.8`.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const [name, protocol, port, address] = process.argv.slice(2);

/** IPv4 clients of an IPv6 socket, ::ffff:10.0.0.8, are IPv4 clients. */
const answer = (client) => `${name} saw ${client.replace("::ffff:", "")}\n`;
const ignore = () => {}; // a client may leave as it likes

/** A new connection per request. */
function http() {
  return createHttpServer({ keepAlive: false }, (request, response) => {
    response.setHeader("Connection", "close").end(answer(request.socket.remoteAddress));
  }).listen({ port, host: address });
}

/** An answer per datagram, from `address` when there is one: a server of a virtual address on lo has to. */
function udp() {
  const socket = createSocket("udp4");
  socket.on("message", (_, client) => socket.send(answer(client.address), client.port, client.address));
  return socket.bind(Number(port), address);
}

/** Says its line and then repeats what it hears, for connections that last. */
function echo() {
  return createServer((socket) => {
    socket.on("error", ignore);
    socket.write(answer(socket.remoteAddress));
    socket.pipe(socket);
  }).listen({ port, host: address });
}

/** Only repeats what it hears. */
function mute() {
  return createServer((socket) => socket.on("error", ignore).pipe(socket)).listen({ port, host: address });
}

/** As much FTP as curl needs to fetch a file in passive mode. */
function ftp() {
  const replies = {
    USER: "230 welcome",
    PWD: '257 "/"',
    CWD: "250 here",
    TYPE: "200 as you like",
    QUIT: "221 goodbye",
  };
  return createServer(async (control) => {
    control.on("error", ignore);
    const say = (line) => control.write(`${line}\r\n`);
    let data;
    say("220 ready");
    for await (const line of createInterface(control)) {
      const verb = line.split(" ")[0].toUpperCase();
      if (verb in replies) say(replies[verb]);
      else if (verb === "PASV") {
        data = await listenForData(control.localAddress);
        say(`227 Entering Passive Mode (${data.place})`);
      } else if (verb === "RETR" && data) {
        say("150 here it comes");
        const [socket] = await data.connection;
        socket.end(answer(socket.remoteAddress));
        await once(socket, "close");
        say("226 done");
      } else say("502 not here");
    }
  }).listen({ port, host: "0.0.0.0" });
}

/** Opens a port for one data connection and writes its address the way PASV does. */
async function listenForData(address) {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  const { port } = server.address();
  const place = [...address.split("."), port >> 8, port & 255].join(",");
  return { place, connection: once(server, "connection").finally(() => server.close()) };
}

await once({ http, udp, echo, mute, ftp }[protocol](), "listening");
console.log("ready");
