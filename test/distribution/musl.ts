import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What Debian's libstdc++ expects of a C library, and musl does not have. */
const MISSING = `
#include <stddef.h>
#include <sys/types.h>
extern ssize_t getrandom(void *, size_t, unsigned);
extern size_t strftime_l(char *, size_t, const char *, const void *, void *);
char __libc_single_threaded;
unsigned __cpu_model[4];
int __cpu_indicator_init(void) { return 0; }
int _dl_find_object(void *address, void *result) { return -1; }
int __cxa_thread_atexit_impl(void (*end)(void *), void *object, void *handle) { return 0; }
unsigned arc4random(void) { unsigned value = 0; getrandom(&value, sizeof value, 0); return value; }
size_t __strftime_l(char *text, size_t size, const char *format, const void *time, void *locale) {
  return strftime_l(text, size, format, time, locale);
}
`;

/**
 * Libraries with which a program made for Alpine runs on Debian's musl. Debian has no libstdc++ for musl; its own does, with the
 * few functions that it expects of another C library.
 *
 * @returns the folder, for LD_LIBRARY_PATH
 */
export function makeMuslLibraries(folder: string): string {
  for (const name of ["libstdc++.so.6", "libgcc_s.so.1"]) {
    copyFileSync(`/usr/lib/x86_64-linux-gnu/${name}`, join(folder, name));
  }
  writeFileSync(join(folder, "missing.c"), MISSING);
  // By this name they ask for it.
  const library = join(folder, "ld-linux-x86-64.so.2");
  execFileSync("gcc", ["-shared", "-fPIC", "-nostdlib", "-o", library, join(folder, "missing.c")]);
  return folder;
}
