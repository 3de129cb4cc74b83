// `npm run bench:find`: filters in the language beside the same questions by parameters, through the use cases, in turns, on a
// PostgreSQL of its own with 10 k, 100 k and 1 M tasks; and the time in which quick add reads a line. `-- 10000 100000` takes other
// sizes, `--json` prints the figures alone.
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@mono/bus';
import type { CallContext } from '@mono/contract';
import type { Database } from '@mono/platform';
import { FindTasks } from '../../../libs/tasks/src/find-tasks/find-tasks.js';
import { ReadFilter } from '../../../libs/tasks/src/find-tasks/read-filter.js';
import { startTestPostgres, type TestPostgres } from '../../support/test-postgres.ts';
import { lineOf, measureQuickAdd } from '../quick-add/measure.ts';
import { BIG, fill } from '../size/fill.ts';
import { openDatabase } from '../size/open-database.ts';
import { PAIRS, type Pair } from './pairs.ts';

const args = process.argv.slice(2);
const isJson = args.includes('--json');
const numbers = args.filter((arg) => arg !== '--json').map(Number);
const SIZES = numbers.length > 0 ? numbers : [10_000, 100_000, 1_000_000];
const AIM = 1.1;
const WARM_UP = 20;
/** A pair has so many turns, or as many as fit into the time. */
const TURNS = 300;
const LIMIT_MS = 20_000;
const QUICK_ADD_ROUNDS = 50;
const context: CallContext = {
  principal: { kind: 'api_key', id: 'bench', workspaceId: BIG, scopes: ['*'] },
  requestId: 'bench',
};

interface Figures {
  p50: number;
  p99: number;
}

interface Compared {
  size: number;
  filter: string;
  /** Tasks on the page. */
  found: number;
  turns: number;
  by_filter: Figures;
  by_parameters: Figures;
  /** The quotient of the medians. */
  ratio: number;
}

function say(line: string): void {
  if (!isJson) process.stdout.write(`${line}\n`);
}

const load = (): number => loadavg()[0] ?? 0;

function figuresOf(times: number[]): Figures {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

async function compare(database: Database, size: number, { filter, parameters, page = {} }: Pair): Promise<Compared> {
  const find = new FindTasks(database);
  // Names of members are the only ones that need the bus.
  const read = new ReadFilter(undefined as unknown as Bus, database);
  const sides = {
    filter: async () => find.findTasks(context, page, await read.read(context, { filter })),
    parameters: () => find.findTasks(context, { ...page, ...parameters }),
  };
  const [found, same] = [await sides.filter(), await sides.parameters()];
  if (JSON.stringify(found.items) !== JSON.stringify(same.items)) throw new Error(`Different tasks: ${filter}`);
  const times = { filter: [] as number[], parameters: [] as number[] };
  const timed = async (side: keyof typeof sides): Promise<void> => {
    const begin = performance.now();
    await sides[side]();
    times[side].push(performance.now() - begin);
  };
  const turn = async (number: number): Promise<void> => {
    const [first, second] =
      number % 2 === 0 ? (['filter', 'parameters'] as const) : (['parameters', 'filter'] as const);
    await timed(first);
    await timed(second);
  };
  for (let number = 0; number < WARM_UP; number += 1) await turn(number);
  times.filter.length = 0;
  times.parameters.length = 0;
  const end = performance.now() + LIMIT_MS;
  for (let number = 0; number < TURNS && performance.now() < end; number += 1) await turn(number);
  const [byFilter, byParameters] = [figuresOf(times.filter), figuresOf(times.parameters)];
  return {
    size,
    filter,
    found: found.items.length,
    turns: times.filter.length,
    by_filter: byFilter,
    by_parameters: byParameters,
    ratio: byFilter.p50 / byParameters.p50,
  };
}

async function benchmark(server: TestPostgres, size: number): Promise<Compared[]> {
  const database = await openDatabase(server, size);
  try {
    const began = performance.now();
    await fill(database, size);
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    say(`\n${size} tasks, filled in ${seconds} s; milliseconds; load ${load().toFixed(1)}`);
    say(`${''.padEnd(72)}   filter p50     p99  parameters p50     p99   ratio  tasks`);
    const all: Compared[] = [];
    for (const pair of PAIRS) {
      const one = await compare(database, size, pair);
      say(rowOf(one));
      all.push(one);
    }
    return all;
  } finally {
    await database.dataSource.destroy();
  }
}

function rowOf({ filter, by_filter: mine, by_parameters: other, ratio, found }: Compared): string {
  const name = filter.length > 72 ? `${filter.slice(0, 71)}…` : filter.padEnd(72);
  const [p50, p99] = [mine.p50.toFixed(2).padStart(13), mine.p99.toFixed(2).padStart(8)];
  const [otherP50, otherP99] = [other.p50.toFixed(2).padStart(16), other.p99.toFixed(2).padStart(8)];
  const mark = ratio > AIM ? ' *' : '';
  return `${name}${p50}${p99}${otherP50}${otherP99}${ratio.toFixed(2).padStart(8)}${String(found).padStart(7)}${mark}`;
}

const directory = await mkdtemp(join(tmpdir(), 'mono-bench-find-'));
let server: TestPostgres | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void (server?.stop() ?? rm(directory, { recursive: true, force: true })).finally(() => process.exit(130));
  });
}
try {
  say(`Node ${process.version}, ${cpus().length} cores, load ${load().toFixed(1)}`);
  server = await startTestPostgres(directory, ['shared_buffers=256MB']);
  const compared: Compared[] = [];
  for (const size of SIZES) compared.push(...(await benchmark(server, size)));
  const slow = compared.filter(({ ratio }) => ratio > AIM);
  say(`\n${compared.length - slow.length} of ${compared.length} within ${AIM} of the same query by parameters`);
  const quickAdd = measureQuickAdd(QUICK_ADD_ROUNDS);
  say(`\nQuick add, load ${load().toFixed(1)}`);
  for (const reading of quickAdd) say(lineOf(reading));
  if (isJson) {
    const figures = {
      node: process.version,
      cores: cpus().length,
      load: loadavg(),
      aim: AIM,
      compared,
      quick_add: quickAdd,
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  }
} finally {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
}
