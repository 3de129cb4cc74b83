// `npm run bench:bus`: the bus beside its peers on one nats-server, in turns, medians of rounds. Ratios are the result: the
// machine decides the rest. BENCH_SECONDS per turn, BENCH_ROUNDS; figures also go to data/bench/bus.json.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startNats } from '../../support/nats-process.ts';
import { startTestPostgres } from '../../support/test-postgres.ts';
import { obtainNats } from '../obtain-nats.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const FLIGHTS = [1, 16, 64];
const MESSAGES = 50_000;
const WRITES_PER_SECOND = 500;
const PEERS = resolve(import.meta.dirname, 'peers');
const LOADER = resolve(import.meta.dirname, '../../../setup/source-loader.mjs');
const REMOTE = ['mono', 'bare', 'nats-request', 'nest-nats', 'moleculer'];
const LOCAL = ['mono-channel', 'moleculer-local'];

interface Figures {
  perSecond: number;
  p50?: number;
  p99?: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function turn<T>(script: string, args: (string | number)[]): T {
  const file = resolve(import.meta.dirname, script);
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', LOADER, file, ...args.map(String)], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} failed:\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}

function median<T extends Figures>(rounds: readonly T[]): T {
  const sorted = rounds.toSorted((one, two) => one.perSecond - two.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as T;
}

function inTurns(names: readonly string[], measure: (name: string) => Figures): Record<string, Figures> {
  const rounds = names.map((name) => ({ name, figures: [] as Figures[] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, figures } of rounds) figures.push(measure(name));
  }
  return Object.fromEntries(rounds.map(({ name, figures }) => [name, median(figures)]));
}

function report(title: string, results: Record<string, Figures>): void {
  const [ours] = Object.values(results);
  say(`\n${title}`);
  for (const [name, { perSecond, p50, p99 }] of Object.entries(results)) {
    const ratio = ((ours?.perSecond ?? 0) / perSecond).toFixed(2);
    const times = p50 === undefined ? '' : `  p50 ${p50.toFixed(3)} ms  p99 ${p99?.toFixed(3)} ms`;
    say(
      `  ${name.padEnd(16)} ${Math.round(perSecond).toLocaleString('en').padStart(10)}/s  ours ÷ it ${ratio}${times}`,
    );
  }
}

if (!existsSync(join(PEERS, 'node_modules'))) {
  say('Installing the peers …');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: PEERS, stdio: 'inherit' });
}
await obtainNats();
const nats = await startNats();
const directory = await mkdtemp(join(tmpdir(), 'mono-bench-bus-'));
const postgres = await startTestPostgres(directory);
try {
  say(`load average at the start ${loadavg()[0]?.toFixed(2)}; ${ROUNDS} rounds of ${SECONDS} s, payload 256 B`);
  const results: Record<string, unknown> = {};
  for (const flight of FLIGHTS) {
    const remote = inTurns(REMOTE, (name) => turn('call-worker.ts', [name, nats.url, flight, SECONDS]));
    report(`request-reply, ${flight} in flight`, remote);
    results[`request-reply ${flight}`] = remote;
  }
  for (const flight of FLIGHTS) {
    const local = inTurns(LOCAL, (name) => turn('call-worker.ts', [name, nats.url, flight, SECONDS]));
    report(`in one process, ${flight} in flight`, local);
    results[`local ${flight}`] = local;
  }
  const durable = inTurns(['mono', 'bare'], (name) => turn('durable-worker.ts', [name, nats.url, MESSAGES]));
  report(`durable consumption of ${MESSAGES.toLocaleString('en')} messages`, durable);
  results['durable'] = durable;
  const outbox = turn<{ handled: number; expected: number; p50: number; p99: number }>('outbox-worker.ts', [
    postgres.url,
    nats.url,
    WRITES_PER_SECOND,
    SECONDS * 3,
  ]);
  say(`\ncommit → handled at ${WRITES_PER_SECOND} writes/s: ${outbox.handled} of ${outbox.expected}`);
  say(`  p50 ${outbox.p50.toFixed(1)} ms  p99 ${outbox.p99.toFixed(1)} ms`);
  results['outbox'] = outbox;
  mkdirSync('data/bench', { recursive: true });
  writeFileSync('data/bench/bus.json', `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await postgres.stop();
  await nats.stop();
  await rm(directory, { recursive: true, force: true });
}
