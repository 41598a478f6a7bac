/** See make.js. */
export function makeExecutable(folder: string): void;
export function compile(job: { readonly runtime: string; readonly libc: string; readonly outfile: string }): void;
