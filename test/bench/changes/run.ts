// `npm run bench:changes`: the change feed. `npm run bench:changes streams` (or `latency`, `writer`) runs one part. Figures also
// go to data/bench/changes.json. BENCH_RATE, BENCH_SECONDS and BENCH_CLIENTS; BENCH_STREAMS and BENCH_CHANGES; BENCH_EVENTS and
// BENCH_ROUNDS.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { benchLatency } from './latency.ts';
import { benchOpenStreams } from './open-streams.ts';
import { openWorld, type BenchWorld } from './world.ts';
import { benchWriter } from './writer.ts';

const PARTS = { latency: benchLatency, streams: benchOpenStreams, writer: benchWriter };

const [part] = process.argv.slice(2);
const figures: Record<string, unknown> = { load: loadavg() };
for (const [name, bench] of Object.entries(PARTS)) {
  if (part !== undefined && part !== name) continue;
  const world: BenchWorld = await openWorld();
  if (!('versions' in figures)) {
    figures['versions'] = world.versions;
    const versions = Object.entries(world.versions).map(([program, version]) => `${program} ${version}`);
    process.stdout.write(`${versions.join(', ')}; ${cpus().length} processors\n`);
  }
  try {
    figures[name] = await bench(world);
  } finally {
    await world.end();
  }
}
mkdirSync('data/bench', { recursive: true });
writeFileSync(join('data/bench', 'changes.json'), JSON.stringify(figures, null, 2));
