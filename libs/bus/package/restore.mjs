// `postpack`: undoes what `prepack` has changed in the working tree.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const LIBRARY = resolve(import.meta.dirname, '..');
export const MANIFEST = join(LIBRARY, 'package.json');
export const SAVED_MANIFEST = join(import.meta.dirname, 'package.json.saved');

export function restoreManifest() {
  if (existsSync(SAVED_MANIFEST)) renameSync(SAVED_MANIFEST, MANIFEST);
  rmSync(join(LIBRARY, 'LICENSE'), { force: true });
}

if (process.argv[1] === import.meta.filename) restoreManifest();
