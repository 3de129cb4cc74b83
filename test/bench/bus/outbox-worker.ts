// From a commit to the handled event, at a paced load: node outbox-worker.ts <database url> <nats url> <writes/s> <seconds>.
import { defineEvent } from '@mono/bus';
import { alterOutboxV2, createOutboxV1, OutboxRelay, OutboxSignal } from '@mono/bus/outbox';
import { createLogger } from '@mono/platform';
import { Pool } from 'pg';
import { node } from './contestants/mono-nodes.ts';

const [databaseUrl = '', natsUrl = '', rate = '500', seconds = '5'] = process.argv.slice(2);
const RATE = Number(rate);
const WARM_UP_SECONDS = 2;

class Changed {
  n: number;
}
const changed = defineEvent({ module: 'bench', name: 'changed', event: Changed });
const pool = new Pool({ connectionString: databaseUrl, max: 16 });
for (const statement of ['CREATE SCHEMA bench', ...createOutboxV1('bench'), ...alterOutboxV2('bench')])
  await pool.query(statement);

const committed = new Map<number, number>();
const times: number[] = [];
const bus = await node(natsUrl);
bus.onDurableEvent(
  [changed],
  (event) => {
    const { n } = event;
    const from = committed.get(n);
    if (from !== undefined && n > RATE * WARM_UP_SECONDS) times.push(performance.now() - from);
    return Promise.resolve();
  },
  { consumer: 'bench', module: 'bench', concurrency: 64 },
);
bus.start();
const signal = new OutboxSignal();
const stream = { module: 'bench', maxAgeMs: 3_600_000, duplicateWindowMs: 120_000 };
const logger = createLogger({ level: 'warn', format: 'json' });
new OutboxRelay({ module: 'bench', pool, connection: bus.host.connection, signal, stream, logger }).start();

async function write(n: number): Promise<void> {
  await pool.query({
    name: 'write',
    text: `INSERT INTO bench.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      VALUES (gen_random_uuid(), 'events.bench.v1.changed', gen_random_uuid(), 1, now(), json_build_object('n', $1::int))`,
    values: [n],
  });
  committed.set(n, performance.now());
  signal.wake();
}

const total = RATE * (WARM_UP_SECONDS + Number(seconds));
const writes: Promise<void>[] = [];
const began = performance.now();
for (let n = 1; n <= total; n += 1) {
  // Open loop: a slow write does not hold back the next.
  const due = began + (n * 1_000) / RATE;
  while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, 1));
  writes.push(write(n));
}
await Promise.all(writes);
const expected = total - RATE * WARM_UP_SECONDS;
const until = performance.now() + 30_000;
while (times.length < expected && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
const sorted = Float64Array.from(times).sort();
const quantile = (q: number): number => sorted[Math.floor(sorted.length * q)] ?? 0;
const figures = { handled: times.length, expected, p50: quantile(0.5), p99: quantile(0.99) };
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(0);
