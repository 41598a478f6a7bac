/** The part of Bun's `bun:ffi` that the executable uses. Bun's own types would change those of Node.js everywhere. */
declare module "bun:ffi" {
  type Type = "i32" | "u64" | "ptr";
  type Values<Types extends readonly Type[]> = {
    [Index in keyof Types]: Types[Index] extends "ptr" ? number | Uint8Array : number;
  };

  interface Signature {
    readonly args: readonly Type[];
    readonly returns: Type;
  }

  /** Throws when there is no such library or function. */
  export function dlopen<const Signatures extends Record<string, Signature>>(
    library: string,
    signatures: Signatures,
  ): {
    readonly symbols: {
      readonly [Name in keyof Signatures]: (...values: Values<Signatures[Name]["args"]>) => number;
    };
  };

  /** Memory as it is, neither copied nor freed. */
  export function toArrayBuffer(pointer: number, offset: number, length: number): ArrayBuffer;
}
