// `npm run bench:recurrence`: what recurrence costs. BENCH_ROUNDS; figures also go to data/bench/recurrence.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { benchExpansion } from './expansion.ts';

const expansion = benchExpansion();
mkdirSync('data/bench', { recursive: true });
writeFileSync(join('data/bench', 'recurrence.json'), JSON.stringify({ load: loadavg(), expansion }, null, 2));
