// The change feed over both doors: what each credential follows, on one node and with a process for each module.
import type { Change, ChangePage } from '@mono/changes/contract';
import type { Template } from '@mono/recurrence/contract';
import { FEATURES } from '@mono/server/features';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf } from '../support/people.ts';
import { createWorkspace, sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Tomorrow, whenever the test runs. */
const SOON = `${new Date(Date.now() + DAY_MS).toISOString().slice(0, 10)}T09:00:00`;
const HORIZON_DAYS = 30;
const WAIT_SECONDS = 15;

type Seen = Pick<Change, 'type' | 'change' | 'thing_id'>;

async function tokenOf(client: ApiClient, query = ''): Promise<string> {
  return (await client.get<ChangePage>(`/v1/changes?${query}`)).body.next_token;
}

function has(items: readonly Seen[], type: string, change: string, id?: string): boolean {
  return items.some((one) => one.type === type && one.change === change && (id === undefined || one.thing_id === id));
}

/** Changes of one thing may enter the feed in another order, so that none of them is the last one. */
function countOf(items: readonly Seen[], id: string): number {
  return items.filter(({ thing_id: thing }) => thing === id).length;
}

/** Asks again after a wait that ended without a change, which on a busy machine may come later. */
async function nextChange(ask: (wait: string) => Promise<{ status: number; body: ChangePage }>): Promise<Change[]> {
  for (;;) {
    const began = performance.now();
    const { status, body } = await ask(`PT${WAIT_SECONDS}S`);
    expect(status).toBe(200);
    if (body.items.length > 0) return body.items;
    expect(performance.now() - began).toBeGreaterThan(WAIT_SECONDS * 900);
  }
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

  /** With the things as they are now, page by page. */
  async function allSince(since: string, client = api): Promise<Change[]> {
    const items: Change[] = [];
    for (let token = since, more = true; more;) {
      const { body } = await client.get<ChangePage>(`/v1/changes?since=${token}&limit=1000&include=resource`);
      items.push(...body.items);
      [token, more] = [body.next_token, body.has_more];
    }
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
    const items = await follow(since, (seen) => countOf(seen, task) === 3 && has(seen, 'list', 'created', list));
    const own = items.filter(({ thing_id: id }) => id === task).toSorted((a, b) => a.version - b.version);
    expect(own.map(({ change, version, list_id }) => [change, version, list_id])).toEqual([
      ['created', 1, list],
      ['updated', 2, list],
      ['deleted', 3, list],
    ]);
    expect(own[1]).toMatchObject({ fields: ['priority'], origin: 'user', request_id: 'the-update' });
    expect(own[1]?.actor.kind).toBe('api_key');
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
    const items = await follow(since, (seen) => countOf(seen, last) === 1 && countOf(seen, moving) === 3, {
      client: limited,
    });
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
      template: await made('/v1/templates', { title: 'Included', rule, generation_horizon_days: HORIZON_DAYS }),
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
      countOf(seen, gone) === 2 &&
      countOf(seen, moving) === 2 &&
      has(seen, 'api_key', 'created');
    await follow(since, isComplete);
    await until('the template has its occurrences', async () => {
      const { body } = await api.get<Template>(`/v1/templates/${things['template']}`);
      return Date.parse(body.generated_through ?? '') > Date.now() + (HORIZON_DAYS - 1) * DAY_MS;
    });
    const included = await allSince(since);
    const resourcesOf = (id: string | undefined, items = included): unknown[] =>
      items
        .filter(({ thing_id: thing, change }) => thing === id && change !== 'deleted')
        .map(({ resource }) => resource);
    const paths = { list: 'lists', task: 'tasks', template: 'templates', entry: 'time/entries' };
    for (const [type, path] of Object.entries(paths)) {
      const answer = await api.get(`/v1/${path}/${things[type]}`);
      expect(resourcesOf(things[type])).toEqual(resourcesOf(things[type]).map(() => answer.body));
    }
    expect(resourcesOf(gone)).toEqual([null]);
    expect(included.filter(({ change }) => change === 'deleted').every((one) => !('resource' in one))).toBe(true);
    expect(included.some(({ type, resource }) => type === 'api_key' && resource === undefined)).toBe(true);
    const overNats = await nats.call<ChangePage>('api.changes.find_changes', {
      since,
      include: 'resource',
      limit: 1_000,
    });
    expect(resourcesOf(things['task'], overNats.body.items)).toEqual(resourcesOf(things['task']));
    const narrow = await allSince(sinceOfLimited, limited);
    expect(resourcesOf(moving, narrow)).toEqual([null]);
    expect(resourcesOf(things['task'], narrow)).toEqual(resourcesOf(things['task']));
    expect(JSON.stringify(narrow)).not.toContain(theirs);
    const query = `since=${since}&limit=1000&include=resource&collapse=true`;
    const collapsed = await api.get<ChangePage>(`/v1/changes?${query}`);
    expect(resourcesOf(things['task'], collapsed.body.items)).toEqual([expect.objectContaining({ title: 'Newer' })]);
  });

  test('answers a waiting caller with the next change, over both doors', async () => {
    // In a workspace of their own, since changes of other tests may enter the feed late.
    const { key } = await createWorkspace(installation.database.url);
    const waiter = new ApiClient(installation.server.url, key);
    const since = await tokenOf(waiter, 'types=list');
    const waits = [
      nextChange((wait) => waiter.get<ChangePage>(`/v1/changes?since=${since}&types=list&wait=${wait}`)),
      nextChange((wait) => {
        const query = { since, types: ['list'], wait };
        return nats.call<ChangePage>('api.changes.find_changes', query, { Authorization: `Bearer ${key}` });
      }),
    ];
    const { body: list } = await waiter.post<{ id: string }>('/v1/lists', { title: 'Awaited' });
    for (const items of await Promise.all(waits)) expect(items.map(({ thing_id: id }) => id)).toEqual([list.id]);
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
