// A `require` for the bundle whose netlink socket asks no kernel and whose child processes are none. Every request succeeds, every
// list is empty.

const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_ACK = 0x04;
const NLM_F_DUMP = 0x300;
const GENL_ID_CTRL = 16;
const IPVS_CMD_GET_INFO = 15;

/** The error number in NLMSG_DONE and NLMSG_ERROR. */
const SUCCESS = Buffer.from([0, 0, 0, 0]);
const NO_SUCH_FAMILY = Buffer.from([-2, -1, -1, -1]);

/** `struct genlmsghdr` and an attribute of type 1: CTRL_ATTR_FAMILY_ID 32, IPVS_INFO_ATTR_VERSION 1.2.1. */
const FAMILY = Buffer.from([1, 2, 0, 0, 6, 0, 1, 0, 32, 0, 0, 0]);
const INFO = Buffer.from([15, 1, 0, 0, 8, 0, 1, 0, 1, 2, 1, 0]);

/**
 * @param {NodeJS.Require} require the real one
 * @param {boolean} ipvs whether this kernel has IPVS
 * @returns {NodeJS.Require}
 */
export function withFakeKernel(require, ipvs) {
  class NativeNetlink {
    constructor(_protocol, _size, receive) {
      this.receive = receive;
    }
    bind() {}
    address() {
      return { port: -1 };
    }
    close() {}
    getSendBufferSize() {
      return 1 << 20;
    }
    getRecvBufferSize() {
      return 1 << 20;
    }
    send(_port, _groups, request, sent) {
      setImmediate(() => {
        sent();
        for (const reply of replies(request, ipvs)) this.receive(reply, { port: 0, groups: 0 });
      });
    }
  }
  const fakes = { "node:child_process": { spawnSync() {} } };
  const fake = (name) => (name.endsWith(".node") ? { NativeNetlink } : (fakes[name] ?? require(name)));
  return Object.assign(fake, require);
}

/** The answers to all messages of a datagram. */
function* replies(request, ipvs) {
  for (let at = 0; at < request.length; at += request.readUInt32LE(at)) {
    const type = request.readUInt16LE(at + 4);
    const flags = request.readUInt16LE(at + 6);
    const sequence = request.readUInt32LE(at + 8);
    const refused = type === GENL_ID_CTRL && !ipvs;
    const reply = type === GENL_ID_CTRL ? FAMILY : request[at + 16] === IPVS_CMD_GET_INFO && INFO;
    if (reply && !refused) yield message(type, sequence, reply);
    if ((flags & NLM_F_DUMP) === NLM_F_DUMP) yield message(NLMSG_DONE, sequence, SUCCESS);
    else if (flags & NLM_F_ACK) yield message(NLMSG_ERROR, sequence, refused ? NO_SUCH_FAMILY : SUCCESS);
  }
}

function message(type, sequence, payload) {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(header.length + payload.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt32LE(sequence, 8);
  return Buffer.concat([header, payload]);
}
