// The entry: has Node keep the compiled code of all that the process loads, so that the next start is faster. It lies among
// the packages: who may write there could change the code anyway. Where it cannot be kept, the process starts all the same.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { CHECKOUT } from './start/places.js';

const COMPILED = join(CHECKOUT, 'node_modules/.cache/mono/compiled');

function isWritable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

if (isWritable(COMPILED)) enableCompileCache(COMPILED);
// What is imported by name would be compiled before the cache is there.
await import('./process.js');
