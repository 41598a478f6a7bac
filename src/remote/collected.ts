import type { Readable } from "node:stream";

/** What a stream has yielded so far. */
export class Collected {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(stream: Readable) {
    stream.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
    });
  }

  /** In bytes. */
  get length(): number {
    return this.#length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks, this.#length).toString("utf8");
  }
}
