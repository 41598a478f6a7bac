/** See tools.js. */
export function output(program: string, args: readonly string[], cwd: string, env?: Record<string, string>): string;
export function provideTools(formats: readonly string[]): void;
export function installDebian(packages: readonly string[]): boolean;
