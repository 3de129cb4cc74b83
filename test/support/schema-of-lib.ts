// Finds the schema of a library's tables in its feature.ts.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const LIBS = resolve(import.meta.dirname, '../../libs');

/** Whether every node runs the feature, whatever MODULES says. Read as text: loading all features would slow every test down. */
export function isOnEveryNode(lib: string): boolean {
  const file = join(LIBS, lib, 'feature.ts');
  return existsSync(file) && /^ +onEveryNode: true,$/m.test(readFileSync(file, 'utf8'));
}

/** The library's name with `_` for `-`; `platform` for features on every node. */
export function schemaOfLib(lib: string): string {
  return isOnEveryNode(lib) ? 'platform' : lib.replaceAll('-', '_');
}
