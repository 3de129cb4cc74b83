// Many open streams on one node: memory per stream, and the delay of one change to all of them.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../support/free-port.ts';
import { startServer, type ServerProcess } from '../../support/server-process.ts';
import { median, type BenchWorld } from './world.ts';
import type { Received } from './stream-clients.ts';

const STREAMS = Number(process.env['BENCH_STREAMS'] ?? 10_000);
const CHANGES = Number(process.env['BENCH_CHANGES'] ?? 15);
const AIM_BYTES = 15_000;
/** Files beside the sockets. */
const SPARE_FILES = 500;

interface Memory {
  heapUsed: number;
  external: number;
  arrayBuffers: number;
  rss: number;
}

export interface OpenStreams {
  streams: number;
  bytesPerStream: number;
  rssPerStream: number;
  /** From the answer of the write to the first and the last stream, medians. */
  firstMs: number;
  lastMs: number;
}

/** The measured server and the clients need a file for each stream. */
function requireFiles(): void {
  const [, soft = '0'] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  if (Number(soft) < STREAMS + SPARE_FILES)
    throw new Error(`Open files are limited to ${soft}: run "ulimit -n ${STREAMS + SPARE_FILES}" first.`);
}

export async function benchOpenStreams(world: BenchWorld): Promise<OpenStreams> {
  requireFiles();
  const port = await freePort();
  const server = await startServer({
    ...world.servers,
    env: { PROBE_PORT: String(port), LOG_LEVEL: 'error', CHANGES_MAX_STREAMS_PER_CREDENTIAL: String(STREAMS) },
    nodeOptions: ['--expose-gc', '--import', resolve(import.meta.dirname, 'memory-probe.mjs')],
  });
  const memory = async (): Promise<Memory> => (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as Memory;
  const url = `${server.url}/v1/changes/stream`;
  try {
    // Compiled code and caches are no cost of a stream.
    await (await openClients(url, world.servers.key, Math.min(STREAMS, 500))).end();
    await writeOnce(server);
    await delay(2_000);
    const before = await memory();
    const clients = await openClients(url, world.servers.key, STREAMS);
    const after = await memory();
    const delays: { firstMs: number; lastMs: number }[] = [];
    for (let change = 0; change < CHANGES; change += 1) delays.push(await writeTo(server, clients.process));
    const idle = await memory();
    await clients.end();
    return report(before, { after, idle }, delays);
  } finally {
    await server.stop();
  }
}

async function openClients(url: string, key: string, count: number) {
  const child = fork(resolve(import.meta.dirname, 'stream-clients.ts'), [url, key, String(count)]);
  await message(child, 'ready');
  return {
    process: child,
    async end(): Promise<void> {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function message<T>(child: ChildProcess, name: string): Promise<T> {
  for (;;) {
    const [received] = (await once(child, 'message')) as [Record<string, unknown>];
    if ('closed' in received) throw new Error('A stream was closed.');
    if (name in received) return received[name] as T;
  }
}

async function writeOnce({ api }: ServerProcess): Promise<void> {
  const { status } = await api.post('/v1/tasks', { title: 'To all' });
  if (status !== 201) throw new Error(`The write was answered with ${status}.`);
}

async function writeTo(server: ServerProcess, child: ChildProcess): Promise<{ firstMs: number; lastMs: number }> {
  const received = message<Received>(child, 'received');
  await writeOnce(server);
  const at = performance.timeOrigin + performance.now();
  const { first, last } = await received;
  // The streams are at rest again.
  await delay(300);
  return { firstMs: first - at, lastMs: last - at };
}

function kb(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}

function report(
  before: Memory,
  { after, idle }: Record<'after' | 'idle', Memory>,
  delays: { firstMs: number; lastMs: number }[],
): OpenStreams {
  const per = (field: (memory: Memory) => number, then: Memory): number => (field(then) - field(before)) / STREAMS;
  const used = ({ heapUsed, external }: Memory): number => heapUsed + external;
  const figures = {
    streams: STREAMS,
    bytesPerStream: per(used, after),
    rssPerStream: per(({ rss }) => rss, after),
    firstMs: median(delays.map(({ firstMs }) => firstMs)),
    lastMs: median(delays.map(({ lastMs }) => lastMs)),
  };
  process.stdout.write(
    [
      `${STREAMS} open streams, load ${loadavg()[0]?.toFixed(1)}`,
      `  ${kb(figures.bytesPerStream)} kB a stream on the heap and beside it (aim ${kb(AIM_BYTES)}), after ${CHANGES} changes ${kb(per(used, idle))} kB`,
      `  ${kb(figures.rssPerStream)} kB a stream of resident memory`,
      `  one change: first stream after ${figures.firstMs.toFixed(0)} ms, last after ${figures.lastMs.toFixed(0)} ms; slowest ${Math.max(...delays.map(({ lastMs }) => lastMs)).toFixed(0)} ms`,
      '',
    ].join('\n'),
  );
  return figures;
}
