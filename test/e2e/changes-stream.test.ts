// The change feed as server-sent events: what each credential receives, for how long, and on which node.
import type { Change, ChangePage } from '@mono/changes/contract';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { EventStreamClient, type StreamOptions } from '../support/event-stream-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { memberOf } from '../support/people.ts';
import { createWorkspace, sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Key {
  id: string;
  key: string;
}

/** The default limit of a credential on a node. */
const MOST_STREAMS = 32;

function changesOf(stream: EventStreamClient, id?: string): Change[] {
  const changes = stream.named('change').map(({ data }) => data as Change);
  return id === undefined ? changes : changes.filter(({ thing_id: thing }) => thing === id);
}

/** Events of one thing may be recorded in another order. */
function byVersion(changes: readonly Change[]): Change[] {
  return changes.toSorted((one, other) => one.version - other.version);
}

/** Until a change of each thing has come: those of an earlier thing may come later. */
async function untilSeen(stream: EventStreamClient, ...ids: readonly string[]): Promise<void> {
  await until('the changes have come', () => ids.every((id) => changesOf(stream, id).length > 0));
}

async function endOf(stream: EventStreamClient): Promise<unknown> {
  await until('the stream has ended', () => stream.isEnded);
  return stream.events.at(-1);
}

describe.each(TOPOLOGIES)('the stream of changes, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let links: MailLinks;
  const streams: EventStreamClient[] = [];

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    links = await MailLinks.open(installation);
  });
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });
  afterAll(() => links?.close());

  async function open(query = '', options: StreamOptions = {}): Promise<EventStreamClient> {
    const url = `${installation.server.url}/v1/changes/stream${query}`;
    const stream = await EventStreamClient.open(url, { key: installation.key, ...options });
    streams.push(stream);
    return stream;
  }

  /** From now on, it misses nothing. */
  async function openNow(query = '', options: StreamOptions = {}): Promise<EventStreamClient> {
    const stream = await open(query, options);
    await until('the stream is ready', () => stream.named('ready').length === 1);
    return stream;
  }

  async function made(path: string, body: object, by = api): Promise<string> {
    const answer = await by.post<{ id: string }>(path, body);
    expect([path, answer.status]).toEqual([path, 201]);
    return answer.body.id;
  }

  async function keyWith(body: object): Promise<Key> {
    return (await api.post<Key>('/v1/api-keys', { name: 'Streaming', ...body })).body;
  }

  test('begins now with a token, and carries each change with the next one', async () => {
    const stream = await openNow();
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
    expect(stream.retryMs).toBeGreaterThanOrEqual(1_000);
    const [ready] = stream.named('ready');
    expect(ready?.data).toEqual({ token: ready?.id });
    const list = await made('/v1/lists', { title: 'Streamed' });
    await untilSeen(stream, list);
    const task = await made('/v1/tasks', { title: 'Streamed', list_id: list });
    await api.patch(`/v1/tasks/${task}`, { priority: 'high' });
    await until('the changes have come', () => changesOf(stream, task).length === 2);
    expect(byVersion(changesOf(stream, task))).toMatchObject([
      { type: 'task', change: 'created', version: 1, list_id: list },
      { type: 'task', change: 'updated', version: 2, fields: ['priority'] },
    ]);
    const page = await api.get<ChangePage>(`/v1/changes?since=${ready?.id}`);
    expect(page.body.items).toEqual(changesOf(stream));
    const afterList = stream.events.find(({ data }) => (data as Change).thing_id === list)?.id;
    const rest = await api.get<ChangePage>(`/v1/changes?since=${afterList}`);
    expect(rest.body.items).toEqual(changesOf(stream, task));
  });

  test('a client that lists and then streams misses nothing that is written meanwhile', async () => {
    const list = await made('/v1/lists', { title: 'Busy' });
    const { next_token: token } = (await api.get<ChangePage>('/v1/changes')).body;
    const path = `/v1/tasks?list_id=${list}&limit=200`;
    const write = async (title: string): Promise<void> => {
      for (let count = 0; count < 10; count += 1) await made('/v1/tasks', { title, list_id: list });
    };
    const written = Promise.all([write('one'), write('two'), write('three')]);
    const { items } = (await api.get<{ items: { id: string }[] }>(path)).body;
    const stream = await open(`?since=${token}`);
    await written;
    const all = (await api.get<{ items: { id: string }[] }>(path)).body.items.map(({ id }) => id);
    expect(all).toHaveLength(30);
    const listed = new Set(items.map(({ id }) => id));
    await untilSeen(stream, ...all.filter((id) => !listed.has(id)));
  });

  test('continues after Last-Event-ID, which takes precedence over since, with filters and collapsed', async () => {
    const query = '?types=list&types=task';
    const first = await openNow(query);
    const start = first.lastId ?? '';
    const list = await made('/v1/lists', { title: 'Continued' });
    await untilSeen(first, list);
    first.close();
    const task = await made('/v1/tasks', { title: 'Missed', list_id: list });
    await api.patch(`/v1/tasks/${task}`, { priority: 'low' });
    await api.patch(`/v1/tasks/${task}`, { priority: 'high' });
    await keyWith({ scopes: ['tasks:read'] });
    const last = await made('/v1/lists', { title: 'Last' });
    const second = await open(`${query}&since=${start}`, { lastEventId: first.lastId });
    await untilSeen(second, last);
    await until('those of the task have come', () => changesOf(second, task).length === 3);
    expect(byVersion(changesOf(second, task)).map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(changesOf(second, list)).toEqual([]);
    expect(new Set(changesOf(second).map(({ type }) => type))).toEqual(new Set(['task', 'list']));
    const collapsed = await open(`${query}&collapse=true`, { lastEventId: first.lastId });
    await untilSeen(collapsed, last);
    expect(changesOf(collapsed, task)).toMatchObject([{ change: 'created', version: 3 }]);
  });

  test('shows a key that is limited to a list only what is in it, also when a task is moved', async () => {
    const mine = await made('/v1/lists', { title: 'Mine' });
    const theirs = await made('/v1/lists', { title: 'Theirs' });
    const limited = await keyWith({ scopes: ['tasks:read'], list_ids: [mine] });
    const stream = await openNow('', { key: limited.key });
    const hidden = await made('/v1/tasks', { title: 'Hidden', list_id: theirs });
    const moving = await made('/v1/tasks', { title: 'Moving', list_id: theirs });
    await api.patch(`/v1/tasks/${moving}`, { list_id: mine });
    await api.patch(`/v1/tasks/${moving}`, { title: 'Moved' });
    await api.patch(`/v1/tasks/${moving}`, { list_id: theirs });
    await api.patch(`/v1/tasks/${moving}`, { title: 'Gone' });
    const last = await made('/v1/tasks', { title: 'Last', list_id: mine });
    await untilSeen(stream, last);
    await until('the task has left', () => changesOf(stream, moving).length === 3);
    const own = byVersion(changesOf(stream, moving));
    expect(own.map(({ change, version }) => [change, version])).toEqual([
      ['created', 2],
      ['updated', 3],
      ['deleted', 4],
    ]);
    expect(JSON.stringify(stream.events)).not.toContain(theirs);
    expect(JSON.stringify(stream.events)).not.toContain(hidden);
  });

  test('shows a viewer what viewers see, and another workspace nothing', async () => {
    const viewer = await memberOf(installation.server.url, links, installation.workspaceId, 'viewer');
    const stranger = await createWorkspace(installation.database.url);
    const [admin, seen, unseen] = [
      await openNow(),
      await openNow('', { key: viewer.tokens.access_token }),
      await openNow('', { key: stranger.key }),
    ];
    const { id: keyId } = await keyWith({ scopes: ['tasks:read'] });
    const task = await made('/v1/tasks', { title: 'Seen' });
    const strangers = new ApiClient(installation.server.url, stranger.key);
    const other = await made('/v1/lists', { title: 'Of the other' }, strangers);
    await untilSeen(admin, keyId);
    await untilSeen(seen, task);
    await untilSeen(unseen, other);
    const types = new Set(changesOf(seen).map(({ type }) => type));
    expect([...types].filter((type) => ['api_key', 'invite'].includes(type))).toEqual([]);
    expect(changesOf(unseen).map(({ thing_id: id }) => id)).toEqual([other]);
  });

  test('ends when its key is revoked, and when its rights change, and no other stream does', async () => {
    const [revoked, narrowed] = [await keyWith({ scopes: ['tasks:read'] }), await keyWith({ scopes: ['tasks:read'] })];
    const unharmed = await openNow();
    const first = await openNow('', { key: revoked.key });
    const second = await openNow('', { key: narrowed.key });
    await api.delete(`/v1/api-keys/${revoked.id}`);
    expect(await endOf(first)).toMatchObject({ event: 'end', data: { code: 'unauthorized' } });
    await api.patch(`/v1/api-keys/${narrowed.id}`, { scopes: ['recurrence:read'] });
    expect(await endOf(second)).toMatchObject({ event: 'end', data: { code: 'access_changed' } });
    await expect(open('', { key: revoked.key })).rejects.toThrow(/^401 /);
    await openNow('', { key: narrowed.key, lastEventId: second.lastId });
    const task = await made('/v1/tasks', { title: 'Still streamed' });
    await untilSeen(unharmed, task);
  });

  test('ends when the user signs out, and when the role changes', async () => {
    const { url } = installation.server;
    const [leaver, promoted] = [
      await memberOf(url, links, installation.workspaceId, 'member'),
      await memberOf(url, links, installation.workspaceId, 'viewer'),
    ];
    const first = await openNow('', { key: leaver.tokens.access_token });
    const second = await openNow('', { key: promoted.tokens.access_token });
    expect((await leaver.api.post('/v1/auth/sign-out', {})).status).toBe(204);
    expect(await endOf(first)).toMatchObject({ event: 'end', data: { code: 'unauthorized' } });
    expect((await api.patch(`/v1/members/${promoted.id}`, { role: 'admin' })).status).toBe(200);
    expect(await endOf(second)).toMatchObject({ event: 'end', data: { code: 'access_changed' } });
  });

  test('refuses what it cannot stream, before it begins', async () => {
    const { next_token: token } = (await api.get<ChangePage>('/v1/changes?types=list')).body;
    const faulty = ['?since=garbage', `?since=${token}`, '?types=weed', '?wait=PT1S', '?list_id=7'];
    const answers = await Promise.all(faulty.map((query) => api.get<ErrorBody>(`/v1/changes/stream${query}`)));
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422]);
    expect((await api.get('/v1/changes/stream', { accept: 'application/json' })).status).toBe(406);
    const head = await api.request('HEAD', '/v1/changes/stream');
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  });

  test('refuses one stream too many of a credential, until one has closed', async () => {
    const { key } = await keyWith({ scopes: ['tasks:read'] });
    for (let count = 0; count < MOST_STREAMS; count += 1) await open('', { key });
    const { status, headers, body } = await new ApiClient(installation.server.url, key).get<ErrorBody>(
      '/v1/changes/stream',
    );
    expect([status, body.error.code, headers.get('retry-after')]).toEqual([429, 'rate_limited', '5']);
    streams.at(-1)?.close();
    await until('there is room again', () => open('', { key }).catch(() => undefined));
  });
});
