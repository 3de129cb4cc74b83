// `npm run bench:time`: what time tracking costs. `npm run bench:time ingest` (or `reports`) does that part alone. Figures also go
// to data/bench/time.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { benchIngest } from './ingest.ts';
import { benchReports } from './reports.ts';

const [part] = process.argv.slice(2);
const load = loadavg();
const ingest = part === 'reports' ? undefined : await benchIngest();
const reports = part === 'ingest' ? undefined : await benchReports();
mkdirSync('data/bench', { recursive: true });
writeFileSync(join('data/bench', 'time.json'), JSON.stringify({ load, ingest, reports }, null, 2));
