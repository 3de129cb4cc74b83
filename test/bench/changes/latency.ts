// From the answer of a write, which follows its commit, to a client of the stream: writes at an open-loop rate over HTTP.
import { Agent, request } from 'node:http';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Change } from '@mono/changes/contract';
import { EventStreamClient } from '../../support/event-stream-client.ts';
import { startServer, type ServerProcess } from '../../support/server-process.ts';
import type { BenchWorld } from './world.ts';

const RATE = Number(process.env['BENCH_RATE'] ?? 500);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 20);
const CLIENTS = Number(process.env['BENCH_CLIENTS'] ?? 4);
const WARM_UP_SECONDS = 3;
const AIM_MS = 100;
/** Writes of the rate that are in flight at once, if each takes a second. */
const CONNECTIONS = 64;
const LAST_LIMIT_MS = 60_000;

export interface Latency {
  rate: number;
  /** Writes per second that were answered. */
  answered: number;
  clients: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

export async function benchLatency(world: BenchWorld): Promise<Latency> {
  const server = await startServer({ ...world.servers, env: { LOG_LEVEL: 'error' } });
  const streams: EventStreamClient[] = [];
  try {
    const answeredAt = new Map<string, number>();
    const receivedAt = new Map<string, number[]>();
    for (let client = 0; client < CLIENTS; client += 1) {
      const address = `${server.url}/v1/changes/stream?types=task`;
      const stream = await EventStreamClient.open(address, { key: world.servers.key });
      stream.onEvent = ({ event, data }) => {
        if (event !== 'change') return;
        const { thing_id: id } = data as Change;
        const times = receivedAt.get(id) ?? [];
        receivedAt.set(id, times);
        times.push(performance.now());
      };
      streams.push(stream);
    }
    const { measured, seconds } = await writeAll(server, world.servers.key, answeredAt);
    const until = performance.now() + LAST_LIMIT_MS;
    const isComplete = (): boolean => measured.every((id) => receivedAt.get(id)?.length === CLIENTS);
    while (!isComplete() && performance.now() < until) await delay(50);
    if (!isComplete()) throw new Error('A client has not received every change.');
    const times = measured.flatMap((id) =>
      (receivedAt.get(id) ?? []).map((at) => Math.max(0, at - (answeredAt.get(id) ?? at))),
    );
    return report(times, measured.length / seconds);
  } finally {
    for (const stream of streams) stream.close();
    await server.stop();
  }
}

async function writeAll(
  { url }: ServerProcess,
  key: string,
  answeredAt: Map<string, number>,
): Promise<{ measured: string[]; seconds: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const measured: string[] = [];
  const writes: Promise<void>[] = [];
  const total = RATE * (WARM_UP_SECONDS + SECONDS);
  const began = performance.now();
  for (let count = 1; count <= total; count += 1) {
    const due = began + (count * 1_000) / RATE;
    while (performance.now() < due) await delay(1);
    const isMeasured = count > RATE * WARM_UP_SECONDS;
    writes.push(
      write(`${url}/v1/tasks`, key, agent).then((id) => {
        answeredAt.set(id, performance.now());
        if (isMeasured) measured.push(id);
        return undefined;
      }),
    );
  }
  await Promise.all(writes);
  agent.destroy();
  return { measured, seconds: (performance.now() - began) / 1_000 - WARM_UP_SECONDS };
}

/** @returns the id of the created task. */
function write(url: string, key: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        if (response.statusCode === 201) resolve((JSON.parse(text) as { id: string }).id);
        else reject(new Error(`A write was answered with ${response.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end('{"title":"Measured"}');
  });
}

function report(times: readonly number[], answered: number): Latency {
  const sorted = Float64Array.from(times).sort();
  const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
  const figures = {
    rate: RATE,
    answered,
    clients: CLIENTS,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: quantile(1),
  };
  process.stdout.write(
    [
      `${RATE} writes a second for ${SECONDS} s (${answered.toFixed(0)} answered), ${CLIENTS} streams, load ${loadavg()[0]?.toFixed(1)}`,
      `  answer of the write to client: p50 ${figures.p50Ms.toFixed(1)} ms, p99 ${figures.p99Ms.toFixed(1)} ms (aim ${AIM_MS}), longest ${figures.maxMs.toFixed(0)} ms`,
      '',
    ].join('\n'),
  );
  return figures;
}
