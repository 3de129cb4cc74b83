// Saved filters over both doors: whose they are, the tasks that they find, and their changes in the feed.
import type { ChangePage } from '@mono/changes/contract';
import type { FilterPage, SavedFilter, TaskPage } from '@mono/tasks/contract';
import type { ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, type Person } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

async function save(by: Person, body: object): Promise<SavedFilter> {
  const made = await by.api.post<SavedFilter>('/v1/filters', body);
  expect([made.status, made.body]).toEqual([201, expect.anything()]);
  return made.body;
}

async function names(by: Person): Promise<string[]> {
  const { body } = await by.api.get<FilterPage>('/v1/filters?limit=500');
  return body.items.map(({ name }) => name);
}

async function since({ api }: Person): Promise<string> {
  return (await api.get<ChangePage>('/v1/changes?types=filter')).body.next_token;
}

/** The changes of one filter since a token: changes of others, made before the token, may enter the feed after it. */
async function changesOf({ api }: Person, id: string, token = ''): Promise<string[]> {
  const { body } = await api.get<ChangePage>(`/v1/changes?types=filter&since=${token}&limit=1000`);
  // Changes of one thing may enter the feed in another order.
  const own = body.items.filter((item) => item.thing_id === id).toSorted((one, other) => one.version - other.version);
  return own.map(({ change, version }) => `${change} ${version}`);
}

describe.each(TOPOLOGIES)('saved filters, %s', (topology) => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let nats: NatsClient;
  let ada: Person;
  let bob: Person;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
    const { url } = installation.server;
    ada = await memberOf(url, links, installation.workspaceId, 'member');
    bob = await memberOf(url, links, installation.workspaceId, 'member');
  });
  afterAll(() => Promise.all([nats?.close(), links?.close()]));

  test('members find their own tasks by one shared filter, and a key is told why it cannot', async () => {
    for (const person of [ada, bob])
      await person.api.post('/v1/tasks', { title: `Of ${person.email}`, assignee_id: person.id });
    const { id } = await save(ada, { name: 'Assigned', filter: 'assignee:me & open', visibility: 'shared' });
    for (const person of [ada, bob]) {
      const { status, body } = await person.api.get<TaskPage>(`/v1/filters/${id}/tasks?count=exact`);
      expect([status, body.items.map(({ title }) => title)]).toEqual([200, [`Of ${person.email}`]]);
    }
    const refused = await installation.server.api.get<ErrorBody>(`/v1/filters/${id}/tasks`);
    expect([refused.status, refused.body.error]).toMatchObject([
      409,
      { code: 'filter_not_usable', message: expect.stringContaining('There is no member "me"'), details: { id } },
    ]);
  });

  test('a filter with its ETag, precondition and order', async () => {
    const created = await ada.api.post<SavedFilter>('/v1/filters', { name: 'Soon', filter: 'due < +7d' });
    const { id } = created.body;
    expect([created.headers.get('etag'), created.headers.get('location')]).toEqual(['"1"', `/v1/filters/${id}`]);
    const stale = await ada.api.patch<ErrorBody>(`/v1/filters/${id}`, { color: '#00ff00' }, { 'if-match': '"9"' });
    expect([stale.status, stale.body.error.code]).toEqual([412, 'version_conflict']);
    const wrong = await ada.api.patch<ErrorBody>(`/v1/filters/${id}`, { color: 'green', view: 'globe' });
    expect([wrong.status, JSON.stringify(wrong.body.error.details)]).toEqual([
      422,
      expect.stringMatching(/view.*color/),
    ]);
    const put = { name: 'Sooner', filter: 'due < +2d', visibility: 'personal', view: 'calendar' };
    const replaced = await ada.api.put<SavedFilter>(`/v1/filters/${id}`, put, { 'if-match': '"1"' });
    expect([replaced.status, replaced.body]).toMatchObject([200, { ...put, version: 2 }]);
    expect((await bob.api.get(`/v1/filters/${id}`)).status).toBe(404);
    expect((await ada.api.delete(`/v1/filters/${id}`)).status).toBe(204);
    expect((await ada.api.get(`/v1/filters/${id}`)).status).toBe(404);
    expect((await ada.api.post('/v1/filters/explain', { filter: 'open' })).status).toBe(200);
  });

  test('the same over NATS', async () => {
    const tag = 'over-nats';
    await nats.call('api.tasks.create_task', { title: 'By NATS', tags: [tag] });
    const input = { name: 'NATS', filter: `tag:"${tag}"` };
    const made = await nats.call<SavedFilter>('api.tasks.create_filter', input);
    expect(made.body).toMatchObject({ ...input, visibility: 'shared', owner_id: null });
    const { id } = made.body;
    const found = await nats.call<TaskPage>('api.tasks.find_tasks_of_filter', { id, order_by: 'title' });
    expect(found.body.items.map(({ title }) => title)).toEqual(['By NATS']);
    const patched = await nats.call<SavedFilter>('api.tasks.update_filter', { id, patch: { view: 'board' } });
    expect(patched.body).toMatchObject({ view: 'board', version: 2 });
    expect((await nats.call('api.tasks.update_filter', { id, patch: { filter: 'open &' } })).status).toBe(422);
    expect((await nats.call('api.tasks.delete_filter', { id })).status).toBe(200);
    expect((await nats.call('api.tasks.get_filter', { id })).status).toBe(404);
  });

  test('a filter appears in the feed of others when it is shared, and disappears when it becomes personal', async () => {
    const tokens = [await since(ada), await since(bob)];
    const { id } = await save(ada, { name: 'Mine', filter: 'open' });
    await ada.api.patch(`/v1/filters/${id}`, { visibility: 'shared' });
    await ada.api.patch(`/v1/filters/${id}`, { visibility: 'personal' });
    await ada.api.delete(`/v1/filters/${id}`);
    const ofAda = (): Promise<string[]> => changesOf(ada, id, tokens[0]);
    await until('all changes are in the feed', async () => (await ofAda()).length === 4);
    expect(await ofAda()).toEqual(['created 1', 'updated 2', 'updated 3', 'deleted 4']);
    expect(await changesOf(bob, id, tokens[1])).toEqual(['created 2', 'deleted 3']);
  });

  test('a member who leaves takes the personal filters along', async () => {
    const carl = await memberOf(installation.server.url, links, installation.workspaceId, 'member');
    await save(carl, { name: 'Of Carl', filter: 'open' });
    await save(carl, { name: 'By Carl', filter: 'open', visibility: 'shared' });
    expect(await names(carl)).toEqual(expect.arrayContaining(['Of Carl', 'By Carl']));
    expect((await installation.server.api.delete(`/v1/members/${carl.id}`)).status).toBe(204);
    const ofCarl = async (): Promise<string[]> => {
      const { body } = await installation.server.api.get<FilterPage>('/v1/filters?limit=500');
      const { rows } = await links.database.query<{ name: string }>(
        'SELECT name FROM tasks.saved_filter WHERE owner_id = $1',
        [carl.id],
      );
      expect(body.items.map(({ name }) => name)).toContain('By Carl');
      return rows.map(({ name }) => name);
    };
    await until('the personal filter is gone', async () => (await ofCarl()).join() === 'By Carl');
    expect(await names(bob)).toContain('By Carl');
  });
});
