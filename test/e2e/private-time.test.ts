// A workspace that keeps the time of members private: on every node, over REST, NATS and streams, for sessions and personal tokens.
import type { Change, ChangePage } from '@mono/changes/contract';
import type { SearchResults } from '@mono/tasks/contract';
import type { EntryPage, TaskTime, TimeEntry } from '@mono/time-tracking/contract';
import { ApiClient } from '../support/api-client.ts';
import { EventStreamClient } from '../support/event-stream-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, type Person } from '../support/people.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

const HOUR_MS = 60 * 60 * 1_000;
const WORD = 'zantedeschia';
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();

interface Thing {
  id: string;
}

const period = (): string => `from=${hoursAgo(24)}&to=${new Date(Date.now() + HOUR_MS).toISOString()}`;

async function statusOf(url: string, key: string, { id }: TimeEntry): Promise<number> {
  return (await new ApiClient(url, key).get(`/v1/time/entries/${id}`)).status;
}

function seenOn(stream: EventStreamClient): string[] {
  return stream.named('change').map(({ data }) => (data as Change).thing_id);
}

describe.each(TOPOLOGIES)('private time, %s', (topology) => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let nats: NatsClient;
  let node: ServerProcess;
  /** The key of the workspace. */
  let api: ApiClient;
  let ada: Person;
  let bob: Person;
  let viewer: Person;
  let admin: Person;
  let adasToken: string;
  let task: string;
  let ofAda: TimeEntry;
  let ofBob: TimeEntry;
  /** The feed before all. */
  let start: string;
  const streams: EventStreamClient[] = [];

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    const { server, workspaceId } = installation;
    ({ api } = server);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, '');
    node = await installation.startNode();
    const as = (role: 'admin' | 'member' | 'viewer') => memberOf(server.url, links, workspaceId, role);
    [ada, bob, viewer, admin] = [await as('member'), await as('member'), await as('viewer'), await as('admin')];
    const token = { name: 'Laptop', scopes: ['*'], workspace_id: workspaceId };
    adasToken = (await ada.api.post<{ token: string }>('/v1/me/tokens', token)).body.token;
    start = (await api.get<ChangePage>('/v1/changes?types=entry')).body.next_token;
    task = (await api.post<Thing>('/v1/tasks', { title: 'Water the plants' })).body.id;
    [ofAda, ofBob] = [await enter(ada), await enter(bob)];
    await bob.api.post('/v1/time/timer/start', { note: WORD });
  });
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });
  afterAll(async () => {
    await nats?.close();
    await links?.close();
    await node?.stop();
  });

  async function enter(whose: Person): Promise<TimeEntry> {
    const work = { task_id: task, started_at: hoursAgo(3), duration: 'PT1H', note: WORD };
    const { status, body } = await whose.api.post<TimeEntry>('/v1/time/entries', work);
    expect([status, body]).toEqual([201, body]);
    return body;
  }

  async function show(visible_to: 'everyone' | 'admins'): Promise<void> {
    const patch = { time_entries_visible_to: visible_to };
    const { status, body } = await api.patch(`/v1/workspaces/${installation.workspaceId}`, patch);
    expect([status, body]).toEqual([200, expect.objectContaining(patch)]);
  }

  const nodes = (): string[] => [installation.server.url, node.url];

  /** Each node believes its last verdict for some seconds. */
  async function untilEachNodeAnswers(status: number, ...keys: readonly string[]): Promise<void> {
    for (const url of nodes())
      for (const key of keys)
        await until(`${url} answers ${status}`, async () => (await statusOf(url, key, ofBob)) === status);
    await until(`NATS answers ${status}`, async () => {
      const answers = keys.map((key) => overNats('get_entry', key, { id: ofBob.id }));
      return (await Promise.all(answers)).every((answer) => answer.status === status);
    });
  }

  const overNats = (name: string, key: string, body: object) =>
    nats.call(`api.time-tracking.${name}`, body, { Authorization: `Bearer ${key}` });

  async function open(url: string, key: string, query = ''): Promise<EventStreamClient> {
    const stream = await EventStreamClient.open(`${url}/v1/changes/stream${query}`, { key });
    streams.push(stream);
    await until('the stream is ready', () => stream.named('ready').length > 0);
    return stream;
  }
  /** Each answers with the time of people. */
  const paths = (): string[] => [
    '/v1/time/entries?limit=500&count=exact',
    `/v1/time/entries?task_id=${task}`,
    `/v1/time/report?${period()}&group_by=person,task`,
    `/v1/time/report?${period()}&group_by=person&format=csv`,
    `/v1/tasks/${task}/time`,
    `/v1/search?q=${WORD}&kinds=entries&limit=50`,
    `/v1/changes?types=entry&since=${start}&include=resource&limit=500`,
    '/v1/time/timer',
  ];

  test('a member reads their own time only, by each way and on each node', async () => {
    await until('the feed has both entries', async () => {
      const { items } = (await api.get<ChangePage>(`/v1/changes?types=entry&since=${start}&limit=500`)).body;
      return [ofAda, ofBob].every(({ id }) => items.some(({ thing_id: thing }) => thing === id));
    });
    const session = ada.tokens.access_token;
    await untilEachNodeAnswers(200, session, adasToken, viewer.tokens.access_token);
    const [narrowed, unharmed] = [await open(node.url, session), await open(node.url, admin.tokens.access_token)];

    await show('admins');
    await until('the stream of the member ends', () => narrowed.isEnded);
    expect(narrowed.events.at(-1)).toMatchObject({ event: 'end', data: { code: 'access_changed' } });
    await untilEachNodeAnswers(404, session, adasToken, viewer.tokens.access_token);

    const traces = [bob.id, ofBob.id];
    for (const url of nodes()) {
      for (const key of [session, adasToken]) {
        const client = new ApiClient(url, key);
        for (const path of paths()) {
          const { status, body } = await client.get(path);
          expect([path, status]).toEqual([path, 200]);
          for (const trace of traces)
            expect([path, JSON.stringify(body)]).not.toEqual([path, expect.stringContaining(trace)]);
        }
        expect((await client.get<EntryPage>('/v1/time/entries?count=exact')).body.page.total).toBe(1);
        const of = `/v1/time/entries?user_id=${bob.id}&count=exact`;
        expect((await client.get<EntryPage>(of)).body).toMatchObject({ items: [], page: { total: 0 } });
        expect((await client.patch(`/v1/time/entries/${ofBob.id}`, { note: 'Mine' })).status).toBe(404);
      }
      const guest = new ApiClient(url, viewer.tokens.access_token);
      expect((await guest.get<EntryPage>('/v1/time/entries')).body.items).toEqual([]);
      for (const key of [installation.key, admin.tokens.access_token]) {
        const client = new ApiClient(url, key);
        for (const path of paths().slice(0, -1)) {
          const { body } = await client.get(path);
          expect([path, JSON.stringify(body)]).toEqual([path, expect.stringMatching(new RegExp(traces.join('|')))]);
        }
      }
    }
    const found = await overNats('find_entries', adasToken, {});
    expect((found.body as EntryPage).items.map(({ id }) => id)).toEqual([ofAda.id]);

    const again = await open(node.url, session, `?since=${start}&types=entry`);
    const next = await enter(bob);
    await until('the admin has the change', () => seenOn(unharmed).includes(next.id));
    const own = await enter(ada);
    await until('the member has their own', () => seenOn(again).includes(own.id));
    expect(new Set(seenOn(again))).toEqual(new Set([ofAda.id, own.id]));
    expect(unharmed.isEnded).toBe(false);
  });

  test('the sums of a task are seen by all, also of a task that was restored', async () => {
    await show('admins');
    await untilEachNodeAnswers(404, adasToken);
    await api.delete(`/v1/tasks/${task}`);
    await until('the history knows', async () => (await api.get(`/v1/tasks/${task}/time`)).status === 404);
    expect((await api.post(`/v1/trash/${task}/restore`, {})).status).toBeLessThan(300);
    const time = await until('the history knows', async () => {
      const { status, body } = await new ApiClient(node.url, adasToken).get<TaskTime>(`/v1/tasks/${task}/time`);
      return status === 200 && body;
    });
    const whole = (await api.get<TaskTime>(`/v1/tasks/${task}/time`)).body;
    expect([time.entered, time.worked]).toEqual([whole.entered, whole.worked]);
    expect(time.people.map(({ person: { id } }) => id)).toEqual([ada.id]);
    expect(new Set(time.entries.map(({ user_id: id }) => id))).toEqual(new Set([ada.id]));
    expect(new Set(whole.entries.map(({ user_id: id }) => id)).size).toBe(2);
  });

  test('only admins change it, it is in the audit trail, and it can be taken back', async () => {
    const path = `/v1/workspaces/${installation.workspaceId}`;
    const refused = await ada.api.patch(path, { time_entries_visible_to: 'everyone' });
    expect(refused.status).toBe(403);
    const unknown = await api.patch<{ error: { details: object[] } }>(path, { time_entries_visible_to: 'nobody' });
    expect([unknown.status, unknown.body.error.details]).toEqual([
      422,
      [expect.objectContaining({ field: 'time_entries_visible_to', code: 'not_one_of' })],
    ]);
    await show('admins');
    await show('everyone');
    await untilEachNodeAnswers(200, adasToken, ada.tokens.access_token);
    const found = await ada.api.get<SearchResults>(`/v1/search?q=${WORD}&kinds=entries&limit=50`);
    expect(JSON.stringify(found.body)).toContain(ofBob.id);
    await until('the audit trail has the changes', async () => {
      const { body } = await api.get<{ items: { action: string }[] }>(
        '/v1/admin/audit?action=workspace.updated&limit=500',
      );
      const changes = JSON.stringify(body.items);
      return ['"from":"everyone","to":"admins"', '"from":"admins","to":"everyone"'].every((one) =>
        changes.includes(one),
      );
    });
  });

  test('webhooks are for admins, who read the time of all', async () => {
    const webhook = { url: 'https://example.com/hook', event_types: ['time-tracking.*'] };
    expect((await ada.api.post('/v1/webhooks', webhook)).status).toBe(403);
  });
});
