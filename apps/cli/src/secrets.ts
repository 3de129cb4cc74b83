// Secrets that all nodes of an installation share, as a node started in this directory would read them.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from '@mono/platform';

/** @param keptAs the file in the data directory. @returns the current one first. @throws Error without any. */
export function sharedSecretsOf(
  name: string,
  keptAs: string,
  { dataDirectory, environment }: { dataDirectory: string; environment: Environment },
): string[] {
  const given = (environment[name] ?? '').split(',').map((secret) => secret.trim());
  const secrets = given.filter(Boolean);
  if (secrets.length > 0) return secrets;
  const file = join(resolve(dataDirectory), keptAs);
  if (!existsSync(file)) throw new Error(`${name} is not set, and the data directory has no file ${keptAs}.`);
  return [readFileSync(file, 'utf8').trim()];
}
