/** Names of schedulers and persistence engines, which rows hold by their numbers. The first one stands for none. */
export class EngineNames {
  readonly #names = [""];
  readonly #bytes: (Uint8Array | undefined)[] = [undefined];

  /** The number of a name. */
  numberOf(name: string): number {
    const number = this.#names.indexOf(name);
    if (number !== -1) return number;
    const bytes = Buffer.from(name);
    this.#bytes.push(bytes.length === name.length ? bytes : undefined);
    return this.#names.push(name) - 1;
  }

  /** The name of a number. */
  nameOf(number: number): string {
    return this.#names[number]!;
  }

  /** Its bytes, for what is written often; absent unless it is ASCII. */
  bytesOf(number: number): Uint8Array | undefined {
    return this.#bytes[number];
  }
}
