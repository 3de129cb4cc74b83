// `npm run bench:size`: what the size of a workspace does to the time of a query. Fills a PostgreSQL of its own, with
// durable settings, with 10 k, 100 k and 1 M tasks, asks through the use cases, one at a time, and prints p50 and p99.
// `npm run bench:size -- 10000 100000` takes other sizes.
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { CallContext } from '@mono/contract';
import { FindTags } from '../../../libs/tasks/src/find-tasks/find-tags.js';
import { FindTasks } from '../../../libs/tasks/src/find-tasks/find-tasks.js';
import { startTestPostgres, type TestPostgres } from '../../support/test-postgres.ts';
import { BIG, fill } from './fill.ts';
import { openDatabase } from './open-database.ts';
import { NAMED, OTHERS, type Question } from './queries.ts';

const SIZES = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 100_000, 1_000_000];
const NAMED_RUNS = 200;
const OTHER_RUNS = 15;
const DEEP = 'deep keyset page';
const DEEP_PAGES = 200;
const context: CallContext = {
  principal: { kind: 'api_key', id: 'bench', workspaceId: BIG, scopes: ['*'] },
  requestId: 'bench',
};

interface Figures {
  p50: number;
  p99: number;
}

async function measure(runs: number, work: () => Promise<unknown>): Promise<Figures> {
  // Warm: the statement prepared, its generic plan chosen, the pages it reads in memory.
  for (let run = 0; run < Math.min(runs, 20); run += 1) await work();
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

async function deepCursor(find: FindTasks): Promise<string> {
  let cursor = '';
  for (let page = 0; page < DEEP_PAGES; page += 1) {
    const found = await find.findTasks(context, cursor === '' ? {} : { cursor });
    cursor = found.page.next_cursor ?? cursor;
  }
  return cursor;
}

async function benchmark(server: TestPostgres, size: number): Promise<Map<string, Figures>> {
  const began = performance.now();
  const database = await openDatabase(server, size);
  try {
    await fill(database, size);
    print(`${size} tasks filled in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    const find = new FindTasks(database);
    const tags = new FindTags(database);
    const figures = new Map<string, Figures>();
    const ask = (question: Question) => () => find.findTasks(context, question);
    for (const [name, question] of NAMED) figures.set(name, await measure(NAMED_RUNS, ask(question)));
    figures.set(DEEP, await measure(NAMED_RUNS, ask({ cursor: await deepCursor(find) })));
    for (const [name, question] of OTHERS) figures.set(name, await measure(OTHER_RUNS, ask(question)));
    figures.set('tags', await measure(OTHER_RUNS, () => tags.findTags(context, {})));
    figures.set('tags, by prefix', await measure(OTHER_RUNS, () => tags.findTags(context, { prefix: 'tag1' })));
    return figures;
  } finally {
    await database.dataSource.destroy();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function named(name: string): boolean {
  return NAMED.has(name) || name === DEEP;
}

function report(results: ReadonlyMap<number, ReadonlyMap<string, Figures>>): void {
  const [smallest] = results.values();
  const all = [...(smallest?.keys() ?? [])];
  const lineOf = (name: string) => {
    const base = smallest?.get(name)?.p50 ?? 1;
    const cells = [...results.values()].map((figures) => {
      const { p50, p99 } = figures.get(name) ?? { p50: Number.NaN, p99: Number.NaN };
      return `${p50.toFixed(2).padStart(8)} ${p99.toFixed(2).padStart(8)} ${(p50 / base).toFixed(1).padStart(6)}x`;
    });
    return `${name.padEnd(42)}${cells.join(' |')}`;
  };
  print(`\np50 and p99 in ms, and p50 against the first size: ${[...results.keys()].join(', ')} tasks`);
  for (const name of all.filter(named)) print(lineOf(name));
  const last = [...results.values()].at(-1);
  const slowest = all.filter((name) => !named(name));
  slowest.sort((one, other) => (last?.get(other)?.p50 ?? 0) - (last?.get(one)?.p50 ?? 0));
  print(`\nOthers, the slowest first`);
  for (const name of slowest) print(lineOf(name));
  const beyond = all.filter((name) => named(name) && (last?.get(name)?.p50 ?? 0) > 2 * (smallest?.get(name)?.p50 ?? 0));
  print(beyond.length === 0 ? '\nAll named queries are within 2x.' : `\nBeyond 2x: ${beyond.join('; ')}`);
}

const directory = await mkdtemp(join(tmpdir(), 'mono-bench-size-'));
let server: TestPostgres | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void (server?.stop() ?? rm(directory, { recursive: true, force: true })).finally(() => process.exit(130));
  });
}
try {
  server = await startTestPostgres(directory, ['shared_buffers=256MB']);
  const results = new Map<number, Map<string, Figures>>();
  for (const size of SIZES) results.set(size, await benchmark(server, size));
  report(results);
} finally {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
}
