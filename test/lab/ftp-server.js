// ftp-server.js NAME PORT: as much FTP as curl needs to fetch a file in passive mode. Every file says, as all servers of the lab
// do, who serves it and which client it sees.
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const [name, port] = process.argv.slice(2);

/** What is answered at once. */
const replies = {
  USER: "230 welcome",
  PWD: '257 "/"',
  CWD: "250 here",
  TYPE: "200 as you like",
  QUIT: "221 goodbye",
};

/** Opens a port for one data connection and tells its address the way PASV does. */
async function listen(address) {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  const { port } = server.address();
  const place = [...address.split("."), port >> 8, port & 255].join(",");
  return { place, connection: once(server, "connection").finally(() => server.close()) };
}

createServer(async (control) => {
  control.on("error", () => {}); // a client may leave as it likes
  const say = (line) => control.write(`${line}\r\n`);
  let data;
  say("220 ready");
  for await (const line of createInterface(control)) {
    const verb = line.split(" ")[0].toUpperCase();
    if (verb in replies) say(replies[verb]);
    else if (verb === "PASV") {
      data = await listen(control.localAddress);
      say(`227 Entering Passive Mode (${data.place})`);
    } else if (verb === "RETR" && data) {
      say("150 here it comes");
      const [socket] = await data.connection;
      socket.end(`${name} saw ${socket.remoteAddress}\n`);
      await once(socket, "close");
      say("226 done");
    } else say("502 not here");
  }
}).listen(Number(port), "0.0.0.0");
