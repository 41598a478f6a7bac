/** See make.js. */
export function makePackages(folder: string, formats: readonly string[], targets: readonly string[]): string[];
