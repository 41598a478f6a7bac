/** See runtime.js. */
export function fetchRuntime(name: string, work: string): string;
export function checkIntegrity(file: string, integrity: string): void;
