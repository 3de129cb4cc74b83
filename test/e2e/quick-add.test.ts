// Quick add over both doors, on one node and with a process for each module.
import type { QuickAdded } from '@mono/capture/contract';
import type { Template } from '@mono/recurrence/contract';
import type { Task } from '@mono/tasks/contract';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import { createWorkspace, sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';

const TEXT = [
  'Party on saturday at 7pm #Feasts @summer !high',
  '  Bake a cake ~1h30m',
  '    Buy flour tomorrow',
  'Water plants every 2nd friday 9am #Feasts',
].join('\n');

describe.each(TOPOLOGIES)('quick add, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let nats: NatsClient;
  let list: string;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    const { key } = await createWorkspace(installation.database.url);
    api = new ApiClient(installation.server.url, key);
    nats = await NatsClient.connect(installation.nats.url, key);
    list = (await api.post<{ id: string }>('/v1/lists', { title: 'Feasts' })).body.id;
  });
  afterAll(() => nats?.close());

  async function titles(): Promise<string[]> {
    const { body } = await api.get<{ items: Task[] }>(`/v1/tasks?limit=500`);
    return body.items.filter(({ template_id: template }) => template === null).map(({ title }) => title);
  }

  test('reads alike over REST and NATS, and creates nothing in a dry run', async () => {
    const body = { text: TEXT, dry_run: true, timezone: 'Europe/Berlin' };
    const rest = await api.post<QuickAdded>('/v1/tasks/quick', body);
    const overNats = await nats.call<QuickAdded>('api.capture.quick_add', body);
    const later = await api.post<QuickAdded>('/v1/tasks/quick', body);
    expect([rest.status, overNats.status]).toEqual([200, 200]);
    // Midnight may pass between two of them.
    expect([rest.body, later.body]).toContainEqual(overNats.body);
    const { items, language } = rest.body;
    expect(language).toBe('en');
    expect(items.map(({ title, parent, list_id }) => [title, parent, list_id])).toEqual([
      ['Party', null, list],
      ['Bake a cake', 0, null],
      ['Buy flour', 1, null],
      ['Water plants', null, list],
    ]);
    expect(items[3]?.template).toMatchObject({ id: null, rule: { pattern: 'weekly', every: 2, days_of_week: ['FR'] } });
    const shown = items.flatMap(({ spans }) =>
      spans.map(({ field, start, end }) => `${field} ${TEXT.slice(start, end)}`),
    );
    expect(shown).toEqual([
      'due_at on saturday at 7pm',
      'list_id #Feasts',
      'tags @summer',
      'priority !high',
      'estimated_duration ~1h30m',
      'due_on tomorrow',
      'template every 2nd friday 9am',
      'list_id #Feasts',
    ]);
    expect(await titles()).toEqual([]);
  });

  test('creates tasks, subtasks and templates once per key, over either door', async () => {
    const headers = { 'Idempotency-Key': 'feast' };
    const first = await api.post<QuickAdded>('/v1/tasks/quick', { text: TEXT }, headers);
    const again = await nats.call<QuickAdded>('api.capture.quick_add', { text: TEXT }, headers);
    expect([first.status, again.status, again.header('Idempotent-Replayed')]).toEqual([200, 200, 'true']);
    expect(again.body).toEqual(first.body);
    const [party, cake, flour, plants] = first.body.items;
    expect((await titles()).toSorted()).toEqual(['Bake a cake', 'Buy flour', 'Party']);
    const { body: made } = await api.get<Task>(`/v1/tasks/${flour?.id}`);
    expect(made).toMatchObject({ parent_id: cake?.id, list_id: list, due_on: flour?.due_on });
    const { body: task } = await api.get<Task>(`/v1/tasks/${party?.id}`);
    expect(task).toMatchObject({ tags: ['summer'], priority: 'high', list_id: list, due_on: null });
    const { body: template } = await api.get<Template>(`/v1/templates/${plants?.template?.id}`);
    expect(template).toMatchObject({ title: 'Water plants', list_id: list, rule: { every: 2 } });
    const other = await api.post<ErrorBody>('/v1/tasks/quick', { text: 'Other' }, headers);
    expect([other.status, other.body.error.code]).toEqual([422, 'idempotency_key_reused']);
  });

  test('answers the lines before one that fails, and its error', async () => {
    await api.post('/v1/lists', { title: 'Unique', title_policy: 'unique' });
    const { body, status } = await api.post<QuickAdded>('/v1/tasks/quick', { text: 'One #Unique\nONE #Unique\nTwo' });
    expect(status).toBe(200);
    expect(body.items.map(({ id, error }) => [id !== null, error?.code])).toEqual([
      [true, undefined],
      [false, 'duplicate_task'],
      [false, 'not_attempted'],
    ]);
    const failed = await api.post<ErrorBody>('/v1/tasks/quick', { text: 'One #Unique\nTwo' });
    expect([failed.status, failed.body.error.code]).toEqual([409, 'duplicate_task']);
  });

  test('names the line and the limit of a text that is refused', async () => {
    const refused = [
      ['x'.repeat(10_001), 'must have at most 10000 characters'],
      ['x\n'.repeat(101), 'must have at most 100 lines that are not blank'],
      ['Buy milk\n#Feasts', 'line 2: The line has no title.'],
      [' \n', 'must not be blank'],
    ] as const;
    for (const [text, issue] of refused) {
      const { status, body } = await api.post<ErrorBody>('/v1/tasks/quick', { text });
      expect([status, body.error]).toMatchObject([
        422,
        { code: 'validation_error', details: [{ field: 'text', issue }] },
      ]);
    }
  });

  test('reaches the lists of its caller only', async () => {
    const { body: made } = await api.post<{ key: string }>('/v1/api-keys', {
      name: 'Limited',
      scopes: ['tasks:read', 'tasks:write'],
      list_ids: [list],
    });
    const limited = new ApiClient(installation.server.url, made.key);
    const dry = await limited.post<QuickAdded>('/v1/tasks/quick', { text: 'A #Feasts\nB #Unique', dry_run: true });
    expect(dry.body.items).toMatchObject([{ list_id: list }, { list_id: null, warnings: [{ code: 'unknown_list' }] }]);
    const inbox = await limited.post<ErrorBody>('/v1/tasks/quick', { text: 'To the Inbox' });
    expect(inbox.status).toBe(403);
    const template = await limited.post<ErrorBody>('/v1/tasks/quick', { text: 'A every day #Feasts' });
    expect([template.status, template.body.error.details]).toEqual([403, { scope: 'recurrence:write' }]);
  });
});
