// The change feed over both doors: what each credential follows, on one node and with a process for each module.
import type { Change, ChangePage } from '@mono/changes/contract';
import { FEATURES } from '@mono/server/features';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf } from '../support/people.ts';
import { createWorkspace, sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

/** Tomorrow, whenever the test runs. */
const SOON = `${new Date(Date.now() + 24 * 60 * 60 * 1_000).toISOString().slice(0, 10)}T09:00:00`;

type Seen = Pick<Change, 'type' | 'change' | 'thing_id'>;

async function tokenOf(client: ApiClient, query = ''): Promise<string> {
  return (await client.get<ChangePage>(`/v1/changes?${query}`)).body.next_token;
}

function has(items: readonly Seen[], type: string, change: string, id?: string): boolean {
  return items.some((one) => one.type === type && one.change === change && (id === undefined || one.thing_id === id));
}

describe.each(TOPOLOGIES)('the change feed, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let nats: NatsClient;
  let links: MailLinks;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
    links = await MailLinks.open(installation);
  });
  afterAll(async () => {
    await links?.close();
    await nats?.close();
  });

  /** Follows until the condition holds, as a client does. */
  async function follow(
    since: string,
    isEnough: (items: readonly Change[]) => boolean,
    { client = api, query = '' }: { client?: ApiClient; query?: string } = {},
  ): Promise<Change[]> {
    const items: Change[] = [];
    let token = since;
    await until('the changes have come', async () => {
      const { status, body } = await client.get<ChangePage>(`/v1/changes?since=${token}&wait=PT5S${query}`);
      expect(status).toBe(200);
      items.push(...body.items);
      token = body.next_token;
      return isEnough(items);
    });
    return items;
  }

  async function made(path: string, body: object): Promise<string> {
    const answer = await api.post<{ id: string }>(path, body);
    expect([path, answer.status]).toEqual([path, 201]);
    return answer.body.id;
  }

  async function keyWith(body: object): Promise<ApiClient> {
    const { body: made } = await api.post<{ key: string }>('/v1/api-keys', { name: 'Follower', ...body });
    return new ApiClient(installation.server.url, made.key);
  }

  test('has the changes of a task from its creation to its deletion, alike over REST and NATS', async () => {
    const since = await tokenOf(api);
    const list = await made('/v1/lists', { title: 'Followed' });
    const task = await made('/v1/tasks', { title: 'Followed', list_id: list });
    await api.patch(`/v1/tasks/${task}`, { priority: 'high' }, { 'X-Request-ID': 'the-update' });
    await api.delete(`/v1/tasks/${task}`);
    const items = await follow(since, (seen) => has(seen, 'task', 'deleted', task));
    const own = items.filter(({ thing_id: id }) => id === task).toSorted((a, b) => a.version - b.version);
    expect(own.map(({ change, version, list_id }) => [change, version, list_id])).toEqual([
      ['created', 1, list],
      ['updated', 2, list],
      ['deleted', 3, list],
    ]);
    expect(own[1]).toMatchObject({ fields: ['priority'], origin: 'user', request_id: 'the-update' });
    expect(own[1]?.actor.kind).toBe('api_key');
    expect(has(items, 'list', 'created', list)).toBe(true);
    const overNats = await nats.call<ChangePage>('api.changes.find_changes', { since, limit: 1_000 });
    expect(overNats.status).toBe(200);
    expect(overNats.body.items.map(({ id }) => id)).toEqual(expect.arrayContaining(items.map(({ id }) => id)));
    const collapsed = await api.get<ChangePage>(`/v1/changes?since=${since}&collapse=true`);
    expect(collapsed.body.items.filter(({ thing_id: id }) => id === task)).toEqual([
      expect.objectContaining({ change: 'deleted', version: 3 }),
    ]);
  });

  test('has the changes of every feature, each for those who may read it', async () => {
    const since = await tokenOf(api);
    const rule = { dtstart: SOON, timezone: 'UTC', pattern: 'daily' };
    const template = await made('/v1/templates', { title: 'Daily', rule });
    await api.post(`/v1/templates/${template}/exceptions`, { original_start: SOON, kind: 'skip' });
    await api.patch('/v1/time/settings', { overlap_policy: 'warn' });
    const reader = await keyWith({ scopes: ['tasks:read'] });
    const planner = await keyWith({ scopes: ['recurrence:read'] });
    const items = await follow(
      since,
      (seen) =>
        has(seen, 'template', 'created', template) &&
        has(seen, 'exception', 'updated') &&
        has(seen, 'api_key', 'created'),
    );
    expect(items.find(({ type }) => type === 'exception')?.keys).toMatchObject({
      template_id: template,
      original_start: SOON,
    });
    const typesOf = async (client: ApiClient): Promise<Set<string>> => {
      const { body } = await client.get<ChangePage>(`/v1/changes?since=${since}&limit=1000`);
      return new Set(body.items.map(({ type }) => type));
    };
    const things = FEATURES.flatMap(({ events = [] }) => events).flatMap(({ thing }) => thing ?? []);
    const allowed = (scope: string): string[] =>
      things.filter((thing) => thing.scope === scope || thing.scope === null).map(({ type }) => type);
    expect(allowed('tasks:read')).toEqual(expect.arrayContaining([...(await typesOf(reader))]));
    const planned = await typesOf(planner);
    expect(allowed('recurrence:read')).toEqual(expect.arrayContaining([...planned]));
    expect(planned).toEqual(new Set(['template', 'exception']));
    const filtered = await api.get<ChangePage>(`/v1/changes?types=template`);
    const { next_token: of } = filtered.body;
    await api.patch(`/v1/templates/${template}`, { title: 'Every day' });
    const seen = await follow(of, (changes) => changes.length > 0, { query: '&types=template' });
    expect(new Set(seen.map(({ type }) => type))).toEqual(new Set(['template']));
  });

  test('shows a key that is limited to a list only what is in it, also when a task is moved', async () => {
    const mine = await made('/v1/lists', { title: 'Mine' });
    const theirs = await made('/v1/lists', { title: 'Theirs' });
    const limited = await keyWith({ scopes: ['tasks:read'], list_ids: [mine] });
    const since = await tokenOf(limited);
    const hidden = await made('/v1/tasks', { title: 'Hidden', list_id: theirs });
    const moving = await made('/v1/tasks', { title: 'Moving', list_id: theirs });
    await api.patch(`/v1/tasks/${moving}`, { list_id: mine });
    await api.patch(`/v1/tasks/${moving}`, { title: 'Moved' });
    await api.patch(`/v1/tasks/${moving}`, { list_id: theirs });
    await api.patch(`/v1/tasks/${moving}`, { title: 'Gone' });
    await api.patch(`/v1/tasks/${hidden}`, { title: 'Still hidden' });
    const last = await made('/v1/tasks', { title: 'Last', list_id: mine });
    const items = await follow(
      since,
      (seen) => has(seen, 'task', 'created', last) && has(seen, 'task', 'deleted', moving),
      { client: limited },
    );
    const own = items.filter(({ thing_id: id }) => id === moving).toSorted((a, b) => a.version - b.version);
    expect(own.map(({ change, version }) => [change, version])).toEqual([
      ['created', 2],
      ['updated', 3],
      ['deleted', 4],
    ]);
    expect(JSON.stringify(items)).not.toContain(theirs);
    expect(JSON.stringify(items)).not.toContain(hidden);
  });

  test('includes each thing as its GET answers it, within the reach of the caller', async () => {
    const [mine, theirs] = [await made('/v1/lists', { title: 'Mine' }), await made('/v1/lists', { title: 'Theirs' })];
    const limited = await keyWith({ scopes: ['tasks:read'], list_ids: [mine] });
    const [since, sinceOfLimited] = [await tokenOf(api), await tokenOf(limited)];
    const rule = { dtstart: SOON, timezone: 'UTC', pattern: 'daily' };
    const member = await memberOf(installation.server.url, links, installation.workspaceId, 'member');
    const entry = { started_at: '2026-01-05T09:00:00Z', duration: 'PT1H' };
    const things: Record<string, string> = {
      list: mine,
      task: await made('/v1/tasks', { title: 'Included', list_id: mine }),
      template: await made('/v1/templates', { title: 'Included', rule }),
      entry: await made('/v1/time/entries', { ...entry, user_id: member.id }),
    };
    await keyWith({ scopes: ['tasks:read'] });
    const gone = await made('/v1/tasks', { title: 'Gone', list_id: mine });
    await api.delete(`/v1/tasks/${gone}`);
    const moving = await made('/v1/tasks', { title: 'Moving', list_id: mine });
    await api.patch(`/v1/tasks/${moving}`, { list_id: theirs });
    await api.patch(`/v1/tasks/${things['task']}`, { title: 'Newer' });
    await api.patch(`/v1/lists/${mine}`, { title: 'Renamed' });
    const isComplete = (seen: readonly Change[]): boolean =>
      ['list', 'task'].every((type) => has(seen, type, 'updated', things[type])) &&
      ['template', 'entry'].every((type) => has(seen, type, 'created', things[type])) &&
      has(seen, 'task', 'deleted', gone) &&
      has(seen, 'task', 'updated', moving) &&
      has(seen, 'api_key', 'created');
    await follow(since, isComplete);
    const { body } = await api.get<ChangePage>(`/v1/changes?since=${since}&limit=1000&include=resource`);
    const resourcesOf = (id: string | undefined, { items } = body): unknown[] =>
      items
        .filter(({ thing_id: thing, change }) => thing === id && change !== 'deleted')
        .map(({ resource }) => resource);
    const paths = { list: 'lists', task: 'tasks', template: 'templates', entry: 'time/entries' };
    for (const [type, path] of Object.entries(paths)) {
      const answer = await api.get(`/v1/${path}/${things[type]}`);
      expect(resourcesOf(things[type])).toEqual(resourcesOf(things[type]).map(() => answer.body));
    }
    expect(resourcesOf(gone)).toEqual([null]);
    expect(body.items.filter(({ change }) => change === 'deleted').every((one) => !('resource' in one))).toBe(true);
    expect(body.items.some(({ type, resource }) => type === 'api_key' && resource === undefined)).toBe(true);
    const overNats = await nats.call<ChangePage>('api.changes.find_changes', {
      since,
      include: 'resource',
      limit: 1_000,
    });
    expect(resourcesOf(things['task'], overNats.body)).toEqual(resourcesOf(things['task']));
    const narrow = await limited.get<ChangePage>(`/v1/changes?since=${sinceOfLimited}&limit=1000&include=resource`);
    expect(resourcesOf(moving, narrow.body)).toEqual([null]);
    expect(resourcesOf(things['task'], narrow.body)).toEqual(resourcesOf(things['task']));
    expect(JSON.stringify(narrow.body)).not.toContain(theirs);
    const collapsed = await api.get<ChangePage>(`/v1/changes?since=${since}&include=resource&collapse=true`);
    expect(resourcesOf(things['task'], collapsed.body)).toEqual([expect.objectContaining({ title: 'Newer' })]);
  });

  test('answers a waiting caller with the next change, over both doors', async () => {
    const query = 'types=list';
    const since = await tokenOf(api, query);
    const waits = [
      api.get<ChangePage>(`/v1/changes?since=${since}&${query}&wait=PT25S`),
      nats.call<ChangePage>('api.changes.find_changes', { since, types: ['list'], wait: 'PT15S' }),
    ];
    const list = await made('/v1/lists', { title: 'Awaited' });
    for (const { status, body } of await Promise.all(waits)) {
      expect([status, body.items.map(({ thing_id: id }) => id)]).toEqual([200, [list]]);
    }
  });

  test('refuses tokens of others, and what has not its form, alike over both doors', async () => {
    const { key } = await createWorkspace(installation.database.url);
    const stranger = new ApiClient(installation.server.url, key);
    const since = await tokenOf(stranger);
    await until('nothing of this workspace is seen by a stranger', async () => {
      const { status, body } = await stranger.get<ChangePage>(`/v1/changes?since=${since}`);
      return status === 200 && body.items.length === 0;
    });
    const faulty = [
      { since },
      { since: 'garbage' },
      { types: ['weed'] },
      { wait: 'PT2M' },
      { limit: 1_001 },
      { from: '1' },
    ];
    for (const query of faulty) {
      const text = new URLSearchParams(query as unknown as Record<string, string>);
      const rest = await api.get<ErrorBody>(`/v1/changes?${text.toString()}`);
      const bus = await nats.call<ErrorBody['error']>('api.changes.find_changes', query);
      const code = 'from' in query ? 'unknown_field' : 'validation_error';
      expect([query, rest.status, rest.body.error.code]).toEqual([query, 422, code]);
      expect([query, bus.status, bus.body.code]).toEqual([query, 422, code]);
    }
  });
});
