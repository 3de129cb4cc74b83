// The entry: has Node keep the compiled code of all that the process loads, so that the next start is faster. It lies among
// the packages: who may write there could change the code anyway. Where it cannot be kept, the process starts all the same.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { CHECKOUT } from './start/places.js';

// What is imported by name would be compiled before this line.
enableCompileCache(join(CHECKOUT, 'node_modules/.cache/mono/compiled'));
await import('./process.js');
