/** See runtime.js. */
export function ownRuntime(): { readonly path: string; readonly libc: string };
export function closedRuntime(path: string): Buffer;
