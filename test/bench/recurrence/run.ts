// `npm run bench:recurrence`: what recurrence costs. `npm run bench:recurrence expansion` (or `materialisation`) does that part
// alone. BENCH_ROUNDS; figures also go to data/bench/recurrence.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { benchExpansion } from './expansion.ts';
import { benchMaterialisation } from './materialise.ts';

const [part] = process.argv.slice(2);
const load = loadavg();
const expansion = part === 'materialisation' ? undefined : benchExpansion();
const materialisation = part === 'expansion' ? undefined : await benchMaterialisation();
mkdirSync('data/bench', { recursive: true });
writeFileSync(join('data/bench', 'recurrence.json'), JSON.stringify({ load, expansion, materialisation }, null, 2));
