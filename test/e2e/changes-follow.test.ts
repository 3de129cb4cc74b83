// An outside client on NATS with its own user, to which the changes are pushed, while nodes are killed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Change, ChangePage } from '@mono/changes/contract';
import { EmbeddedNats } from '@mono/embedded';
import { FollowClient, type FollowClientOptions } from '../support/follow-client.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

let directory: string;
let nats: EmbeddedNats;
let installation: Installation;
let connection: NatsConnection;
const servers: ServerProcess[] = [];
const stop = new AbortController();
const following: Promise<unknown>[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mono-follow-'));
  nats = new EmbeddedNats({
    dataDirectory: directory,
    configuration: resolve('nats.conf'),
    program: () => Promise.resolve(process.env['NATS_SERVER_BIN'] ?? 'nats-server'),
  });
  const { name, password, inboxPrefix } = nats.clients.add('robot');
  await nats.ensureRunning();
  const { host } = new URL(nats.url);
  connection = await connect({ servers: host, user: name, pass: password, inboxPrefix });
  installation = await createInstallation();
  for (let count = 0; count < 2; count += 1) servers.push(await start());
});
afterAll(async () => {
  stop.abort();
  await Promise.all(following);
  await connection?.close();
  await installation?.end();
  await nats?.stop();
  await rm(directory, { recursive: true, force: true });
});

function start(): Promise<ServerProcess> {
  return installation.startServer({ natsUrl: nats.url });
}

function api(): ServerProcess['api'] {
  return (servers.find((server) => server.ended() === undefined) as ServerProcess).api;
}

async function created(path: string, body: object): Promise<string> {
  return (await api().post<{ id: string }>(path, body)).body.id;
}

async function clientWith(
  options: Partial<FollowClientOptions> = {},
): Promise<{ client: FollowClient; received: Change[]; ended: Promise<unknown> }> {
  const received: Change[] = [];
  const onChange = (change: Change): void => void received.push(change);
  const client = new FollowClient({ connection, user: 'robot', key: installation.key, onChange, ...options });
  const ended = client.follow(stop.signal).catch((error: unknown) => error);
  following.push(ended);
  await until('the lease is granted', () => client.granted > 0);
  return { client, received, ended };
}

test('list, then follow: no change is lost or repeated, whichever node is killed', async () => {
  const since = (await api().get<ChangePage>('/v1/changes?types=task')).body.next_token;
  const ids = [await created('/v1/tasks', { title: 'Before the call' })];
  const { client, received } = await clientWith({ since, filter: { types: ['task'] } });
  const seen = (): string[] => received.map(({ thing_id }) => thing_id);
  for (const place of [0, 1]) {
    ids.push(await created('/v1/tasks', { title: 'Before the kill' }));
    await until('it has the changes', () => received.length === ids.length);
    await servers[place]?.kill('SIGKILL');
    ids.push(await created('/v1/tasks', { title: 'After the kill' }));
    await until('it has the changes of the other node', () => received.length === ids.length);
    servers[place] = await start();
  }
  // Events of several tasks are published at once.
  expect(seen().toSorted()).toEqual(ids.toSorted());
  // One of the killed nodes pushed.
  expect(client.granted).toBeGreaterThan(1);
});

test('a key that is limited to a list receives its tasks only, until it is revoked', async () => {
  const list = await created('/v1/lists', { title: 'Mine' });
  const made = await api().post<{ id: string; key: string }>('/v1/api-keys', {
    name: 'Limited',
    scopes: ['tasks:read'],
    list_ids: [list],
  });
  const { received, ended } = await clientWith({ key: made.body.key });
  await created('/v1/tasks', { title: 'Elsewhere' });
  const task = await created('/v1/tasks', { title: 'Here', list_id: list });
  await until('it has the task', () => received.some(({ thing_id }) => thing_id === task));
  await api().delete(`/v1/api-keys/${made.body.id}`);
  // By the node that pushes, or where the client renews its lease before.
  expect(await ended).toMatchObject({ message: expect.stringMatching(/no longer valid|^unauthorized/) });
  expect(received.map(({ list_id }) => list_id)).toEqual(received.map(() => list));
});
