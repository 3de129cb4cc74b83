// The receiver as a process that is killed with -9 while webhooks arrive.
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startChild, type Child } from '../../../test/support/child.ts';
import { until } from '../../../test/support/until.ts';
import type { Webhook } from './store.ts';

const SECRET = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;
const THINGS = 8;
const VERSIONS = 25;
const KILLS = 5;

let directory: string;
let receiver: Child;
let port = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mono-receiver-'));
});
afterAll(async () => {
  await receiver?.stop();
  await rm(directory, { recursive: true, force: true });
});

const run = (env: NodeJS.ProcessEnv): Child =>
  startChild(process.execPath, [resolve(import.meta.dirname, 'main.ts')], { env, cwd: directory });

/** The first start chooses the port. */
async function start(): Promise<void> {
  receiver = run({ WEBHOOK_SECRET: SECRET, PORT: String(port) });
  await until('the receiver listens', () => /Listening on/.test(receiver.output()));
  port = Number(/Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(receiver.output())?.[1]);
}

/** @returns the status; undefined without an answer. */
async function send(id: string, webhook: Webhook, secret = SECRET): Promise<number | undefined> {
  const body = JSON.stringify(webhook);
  const seconds = Math.floor(Date.now() / 1_000);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body }).catch(() => undefined);
  return answer?.status;
}

function webhookOf(thing: string, version: number): Webhook {
  const change = version === 1 ? 'created' : 'updated';
  const data = { type: 'task', thing_id: thing, change, version };
  return { type: `tasks.${change}`, timestamp: new Date().toISOString(), data };
}

function rows(sql: string): unknown[] {
  const database = new DatabaseSync(join(directory, 'webhooks.sqlite'), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

test('loses no webhook that it has acknowledged and applies none twice, however often it is killed', async () => {
  await start();
  let acknowledged = 0;
  let repeats = 0;
  /** As Mono: in order, again without an answer, and sometimes once too often. */
  const deliver = async (thing: string): Promise<void> => {
    for (let version = 1; version <= VERSIONS; version += 1) {
      const id = `${thing}-${version}`;
      const attempt = () => send(id, webhookOf(thing, version));
      await until(`${id} is acknowledged`, async () => (await attempt()) === 200, { pauseMs: 5 });
      acknowledged += 1;
      if (version % 3 === 0 && (await attempt()) === 200) repeats += 1;
    }
  };
  const delivering = Promise.all(Array.from({ length: THINGS }, (_, index) => deliver(`thing-${index}`)));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const enough = (kill * THINGS * VERSIONS) / (KILLS + 1);
    await until('some more are acknowledged', () => acknowledged >= enough, { pauseMs: 1 });
    await receiver.kill('SIGKILL');
    await start();
  }
  await delivering;
  expect(repeats).toBeGreaterThan(0);
  expect(rows('SELECT count(*) AS count FROM webhook')).toEqual([{ count: THINGS * VERSIONS }]);
  expect(rows('SELECT DISTINCT version, changes FROM thing')).toEqual([{ version: VERSIONS, changes: VERSIONS }]);
  expect(rows('SELECT count(*) AS count FROM thing')).toEqual([{ count: THINGS }]);
});

test('keeps the newer state when an older webhook is sent again', async () => {
  expect(await send('older-2', webhookOf('older', 2))).toBe(200);
  expect(await send('older-1', webhookOf('older', 1))).toBe(200);
  expect(await send('older-2', webhookOf('older', 2))).toBe(200);
  expect(rows("SELECT version, change FROM thing WHERE id = 'older'")).toEqual([{ version: 2, change: 'updated' }]);
  const lines = [
    'applied tasks.updated task older 2',
    'outdated tasks.created task older 1',
    'repeated tasks.updated task older 2',
  ];
  await until('it is printed', () => receiver.output().includes(lines.map((line) => `200 ${line}\n`).join('')));
});

test('refuses webhooks of others and bodies without end', async () => {
  const forged = `whsec_${Buffer.alloc(24, 4).toString('base64')}`;
  expect(await send('forged', webhookOf('forged', 1), forged)).toBe(401);
  const huge = { ...webhookOf('huge', 1), padding: 'x'.repeat(1_100_000) };
  expect(await send('huge', huge)).toBe(413);
  expect(rows("SELECT * FROM webhook WHERE id IN ('forged', 'huge')")).toEqual([]);
});

test('ends on SIGTERM, and does not start without a secret', async () => {
  expect(await receiver.stop()).toBe(0);
  expect(receiver.output()).not.toContain('whsec_');
  const without = run({});
  await until('it has ended', () => without.ended() !== undefined);
  expect([without.ended(), without.output()]).toEqual([1, expect.stringContaining('WEBHOOK_SECRET must be set')]);
});
