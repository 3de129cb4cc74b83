// One search over the things of all modules, over both doors, on one node and with a process for each module.
import type { SearchResults } from '@mono/tasks/contract';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

describe.each(TOPOLOGIES)('the search, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let nats: NatsClient;
  let links: MailLinks;
  let list: string;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
    list = await made('/v1/lists', { title: 'Wintergärten' });
  });
  afterAll(async () => {
    await nats?.close();
    await links?.close();
  });

  async function made(path: string, body: object): Promise<string> {
    const answer = await api.post<{ id: string }>(path, body);
    expect([path, answer.status]).toEqual([path, 201]);
    return answer.body.id;
  }

  async function search(query: string, client = api): Promise<SearchResults> {
    const { status, body } = await client.get<SearchResults>(`/v1/search?${query}`);
    expect(status).toBe(200);
    return body;
  }

  async function keyWith(body: object): Promise<ApiClient> {
    const { body: made } = await api.post<{ key: string }>('/v1/api-keys', { name: 'Searcher', ...body });
    return new ApiClient(installation.server.url, made.key);
  }

  test('tasks, lists, templates and entries are found by one query, alike over REST and NATS', async () => {
    const task = await made('/v1/tasks', { title: 'Wintergarten putzen', list_id: list });
    const rule = { dtstart: '2030-01-01T09:00:00', timezone: 'UTC', pattern: 'weekly' };
    const template = await made('/v1/templates', { list_id: list, title: 'Wintergarten lüften', rule });
    const { server, workspaceId } = installation;
    const { id: user_id } = await memberOf(server.url, links, workspaceId, 'member');
    const times = { started_at: '2026-01-05T09:00:00Z', ended_at: '2026-01-05T10:00:00Z' };
    const entry = await made('/v1/time/entries', { ...times, user_id, task_id: task, note: 'Im Wintergarten' });
    const found = await search('q=WINTERGART&limit=50');
    const things = found.items.map(({ kind, id }) => `${kind} ${id}`);
    expect(things.toSorted()).toEqual(
      [`entry ${entry}`, `list ${list}`, `task ${task}`, `template ${template}`].toSorted(),
    );
    for (const { href } of found.items) expect([href, (await api.get(href)).status]).toEqual([href, 200]);
    const overNats = await nats.call<SearchResults>('api.tasks.search', { q: 'WINTERGART', limit: 50 });
    expect(overNats.body).toEqual(found);
    expect((await search('q=wintergart&kinds=templates,entries')).items.map(({ id }) => id).toSorted()).toEqual(
      [template, entry].toSorted(),
    );
    // A key sees what its scopes and lists allow. Entries know the list of their task by its event.
    const reading = await keyWith({ scopes: ['tasks:read'] });
    expect((await search('q=wintergart', reading)).items.map(({ kind }) => kind).toSorted()).toEqual(['list', 'task']);
    const limited = await keyWith({ scopes: ['tasks:read', 'time:read'], list_ids: [list] });
    await until(
      'the list of the task is known',
      async () => (await search('q=wintergart', limited)).items.length === 3,
    );
    const elsewhere = await keyWith({
      scopes: ['tasks:read', 'time:read'],
      list_ids: [await made('/v1/lists', { title: 'x' })],
    });
    expect(await search('q=wintergart', elsewhere)).toEqual({ items: [], similar: false, more: false });
  });

  test('faults are named, and no text is too strange', async () => {
    for (const [query, field] of [
      ['', 'q'],
      ['q=%20', 'q'],
      ['q=x&kinds=planets', 'kinds'],
      ['q=x&limit=51', 'limit'],
      [`q=${'x'.repeat(201)}`, 'q'],
    ]) {
      const { status, body } = await api.get<ErrorBody>(`/v1/search?${query}`);
      expect([query, status, body.error.details]).toMatchObject([query, 422, [{ field }]]);
    }
    expect((await api.get<ErrorBody>('/v1/search?q=x&order_by=title')).body.error.code).toBe('unknown_field');
    for (const q of ['"', '-', '-"', "' OR 1=1 --", '\\', '%', '<script>', '🎉', 'a:* & !b', '(((', '\u0301', '会議']) {
      expect(await search(`q=${encodeURIComponent(q)}`)).toHaveProperty('items');
    }
  });
});
