// A replica that lost its newest log becomes the leader together with another one that was stopped: a cluster whose connections
// stay up loses acknowledged messages.
import { randomUUID } from 'node:crypto';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BusConnection } from '@mono/bus';
import { alterOutboxV2, createOutboxV1, OutboxRelay, OutboxSignal } from '@mono/bus/outbox';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Pool } from 'pg';
import { startChild, type Child } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { makeStore } from '../support/scratch.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { until } from '../support/until.ts';

const STREAM = 'EVENTS_NOTES';
const CHANGES = process.env['CHAOS'] === 'long' ? 200 : 5;
const LIMITS = { limitMs: 120_000 };
const NODES = [0, 1, 2];

test('what a cluster lost by a replica that was rolled back is published again', async () => {
  const endings: (() => Promise<unknown>)[] = [];
  try {
    const place = await createTestDatabase();
    endings.push(() => place.drop());
    const pool = new Pool({ connectionString: place.url });
    endings.push(() => pool.end());
    for (const statement of ['CREATE SCHEMA notes', ...createOutboxV1('notes'), ...alterOutboxV2('notes')])
      await pool.query(statement);

    const store = await makeStore('cluster');
    endings.push(() => rm(store, { recursive: true, force: true }));
    const ports: number[] = [];
    while (ports.length < 8) ports.push(await freePort());
    const servers: Child[] = [];
    const directory = (node: number): string => join(store, `node-${node}`);
    const start = async (node: number, jetstream = true): Promise<void> => {
      const file = join(store, `${node}.conf`);
      const routes = [...NODES, 3].map((other) => `"nats-route://127.0.0.1:${ports[4 + other]}"`).join(', ');
      await writeFile(
        file,
        `server_name: n${node}\nlisten: "127.0.0.1:${ports[node]}"\n${jetstream ? `jetstream { store_dir: "${directory(node)}" }\n` : ''}cluster { name: c, listen: "127.0.0.1:${ports[4 + node]}", routes: [${routes}] }\n`,
      );
      servers[node] = startChild(process.env['NATS_SERVER_BIN'] ?? 'nats-server', ['-c', file]);
    };
    const stop = async (node: number): Promise<void> => {
      await servers[node]?.stop();
    };
    endings.push(() => Promise.all(servers.map((server) => server.stop())));
    await Promise.all(NODES.map((node) => start(node)));
    // Connections use a server without streams, which keeps running.
    await start(3, false);

    const log: { message: string; facts: object }[] = [];
    const write = (facts: object, message: string): void => void log.push({ message, facts });
    const url = `nats://127.0.0.1:${ports[3]}`;
    const connection = new BusConnection({ url, name: 'relay', logger: { info: write, warn: write, error: write } });
    connection.start();
    const relay = new OutboxRelay({
      module: 'notes',
      pool,
      connection,
      signal: new OutboxSignal(),
      stream: { module: 'notes', maxAgeMs: 3_600_000, duplicateWindowMs: 120_000, replicas: 3 },
      logger: { info: write, warn: write, error: write },
      pollMs: 100,
      careMs: 2_000,
    });
    relay.start();
    endings.push(async () => {
      await relay.stop();
      await connection.close();
    });
    const admin = await until('the cluster answers', () => connect({ servers: url }), LIMITS);
    endings.push(() => admin.close());
    const { streams } = await until('JetStream answers', () => jetstreamManager(admin), LIMITS);

    const notes: string[] = [randomUUID(), randomUUID()];
    let version = 0;
    const change = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) {
        version += 1;
        await pool.query(
          `INSERT INTO notes.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
           SELECT gen_random_uuid(), 'events.notes.v1.changed', note, $2, now(), json_build_object('note', note) FROM unnest($1::uuid[]) AS note`,
          [notes, version],
        );
      }
    };
    const allPublished = (): Promise<unknown> =>
      until(
        'nothing waits',
        async () => (await pool.query('SELECT FROM notes.outbox WHERE published_at IS NULL')).rowCount === 0,
        LIMITS,
      );
    const followersAre = (count: number): Promise<unknown> =>
      until(
        `${count} followers are current`,
        async () => {
          const { cluster } = await streams.info(STREAM);
          return cluster?.replicas?.filter(({ current, lag }) => current && !lag).length === count;
        },
        LIMITS,
      );

    await change(CHANGES);
    await allPublished();
    await followersAre(2);
    // Node 2 is stopped while 0 and 1 acknowledge more; then 0 loses it, and joins 2.
    await stop(2);
    await stop(0);
    await cp(directory(0), join(store, 'before'), { recursive: true });
    await start(0);
    await followersAre(1);
    await change(CHANGES);
    await allPublished();
    await Promise.all([stop(0), stop(1)]);
    await rm(directory(0), { recursive: true });
    await cp(join(store, 'before'), directory(0), { recursive: true });
    await Promise.all([start(0), start(2)]);
    await change(3);
    await until(
      'every event is in the stream, in the order of each note',
      async () => {
        const seen = new Map(notes.map((note) => [note, [] as number[]]));
        const { state } = await streams.info(STREAM);
        for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
          const event = (await streams.getMessage(STREAM, { seq }))?.json<{ note: string; version: number }>();
          const versions = event && seen.get(event.note);
          if (event && !versions?.includes(event.version)) versions?.push(event.version);
        }
        const all = Array.from({ length: CHANGES * 2 + 3 }, (_, index) => index + 1);
        return notes.every((note) => JSON.stringify(seen.get(note)) === JSON.stringify(all));
      },
      LIMITS,
    );
    await allPublished();
    expect(log.map(({ message }) => message)).toContain('The stream was rolled back');
    expect(log.filter(({ message }) => message === 'Disconnected from NATS')).toEqual([]);
  } finally {
    for (const end of endings.toReversed()) await end();
  }
});
