// The first API key. It waits in a file until it was shown on a terminal, or until the operator has read and deleted the file: a
// node that dies before it could show the key shows it at its next start, and no log ever holds it.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeApiKey } from '@mono/auth/contract';
import type { Database } from '@mono/platform';
import type { Configuration } from '../configuration.js';

export interface FirstKey {
  /** What to show; undefined when it has been shown, or is the operator's own. */
  shown: string | undefined;
  /** Where it waits. */
  file: string;
  /** To be called when it has been shown. */
  forget(): void;
}

export async function ensureFirstKey(
  { node }: Configuration,
  database: Database,
  dataDirectory: string,
): Promise<FirstKey> {
  // Its code is there only where the module runs.
  const { bootstrapWorkspace } = await import('@mono/auth/module');
  const file = join(dataDirectory, 'first-api-key');
  const forget = (): void => rmSync(file, { force: true });
  if (node.BOOTSTRAP_API_KEY !== undefined) {
    await bootstrapWorkspace(database, node.BOOTSTRAP_API_KEY);
    return { shown: undefined, file, forget };
  }
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  const key = kept ?? makeApiKey(node.APP_ENV);
  if (kept === undefined) writeFileSync(file, key, { mode: 0o600 });
  const outcome = await bootstrapWorkspace(database, key);
  if (outcome === 'other') forget();
  return { shown: outcome === 'other' ? undefined : key, file, forget };
}
