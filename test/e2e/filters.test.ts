// The filter language over both doors: dates in the caller's zone, lists and members by name, and help while typing.
import type { ExplainedFilter, TaskPage } from '@mono/tasks/contract';
import type { ApiClient, ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import { MailLinks } from '../support/mail-links.ts';
import { signUp } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

/** A day from now, by the calendar of UTC. */
function dayIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

describe.each(TOPOLOGIES)('filters, %s', (topology) => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let api: ApiClient;
  let nats: NatsClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
    const list = await api.post<{ id: string }>('/v1/lists', { title: 'Work' });
    const tasks = [
      { title: 'Send the report', due_on: dayIn(2), priority: 'high', list_id: list.body.id, tags: ['mail'] },
      // Midnight may pass meanwhile.
      { title: 'Buy milk', due_on: dayIn(4), tags: ['errand'] },
      { title: 'Buy bread', due_on: dayIn(30), tags: ['errand'] },
      { title: 'Wait for paint', status: 'blocked', priority: 'urgent', due_on: dayIn(1) },
      { title: 'Some day' },
    ];
    for (const task of tasks) await api.post('/v1/tasks', task);
  });
  afterAll(() => Promise.all([nats?.close(), links?.close()]));

  async function explain(filter: string): Promise<ExplainedFilter> {
    const { status, body } = await api.post<ExplainedFilter>('/v1/filters/explain', { filter });
    expect(status).toBe(200);
    return body;
  }

  async function titles(filter: string, rest = ''): Promise<string[]> {
    const answer = await api.get<TaskPage>(`/v1/tasks?filter=${encodeURIComponent(filter)}${rest}`);
    expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
    return answer.body.items.map(({ title }) => title).toSorted();
  }

  test.each([
    ['due < +7d & (priority >= high | tag:errand) & !blocked', ['Buy milk', 'Send the report']],
    ['due:none', ['Some day']],
    ['!(due < +7d)', ['Buy bread', 'Some day']],
    ['due >= +7d', ['Buy bread']],
    ['list:"work" | "mil"', ['Buy milk', 'Send the report']],
    ['assignee != none', []],
    ['due:today..+2d', ['Send the report', 'Wait for paint']],
  ])('%s', async (filter, expected) => {
    expect(await titles(filter)).toEqual(expected);
    expect(await titles(filter, '&timezone=UTC&order_by=due_at&count=exact')).toEqual(expected);
  });

  test('the same over NATS', async () => {
    const { body } = await nats.call<TaskPage>('api.tasks.find_tasks', { filter: 'tag:errand & due < +7d' });
    expect(body.items.map(({ title }) => title)).toEqual(['Buy milk']);
  });

  test.each([
    ['due < soon', 'character 7: "soon" is not a date.'],
    ['list:Nowhere', 'character 6: There is no list "Nowhere".'],
    ['assignee:"Nobody Known"', 'character 10: There is no member "Nobody Known".'],
    ['assignee:me', 'character 10: There is no member "me".'],
  ])('refuses %s, and says where', async (filter, issue) => {
    const { status, body } = await api.get<ErrorBody>(`/v1/tasks?filter=${encodeURIComponent(filter)}`);
    expect([status, body.error.code]).toEqual([422, 'validation_error']);
    expect(body.error.details).toEqual([
      { field: 'filter', code: 'wrong_format', issue: expect.stringContaining(issue) },
    ]);
  });

  test('a user means their own zone and themselves; the lists of another workspace do not exist', async () => {
    const { api: user, id } = await signUp(installation.server.url, links);
    const zones = ['Pacific/Kiritimati', 'Pacific/Niue'];
    const [timezone = ''] = zones;
    expect((await user.patch('/v1/me', { timezone })).status).toBe(200);
    // The two zones are 25 hours apart: 20 hours from now is another day in at least one of them.
    const dueMs = Date.now() + 20 * 3_600_000;
    await user.post('/v1/tasks', { title: 'Mine', assignee_id: id, due_at: new Date(dueMs).toISOString() });
    const mine = await user.get<TaskPage>('/v1/tasks?filter=assignee:me');
    expect(mine.body.items.map(({ title }) => title)).toEqual(['Mine']);
    for (const [index, zone] of zones.entries()) {
      const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
      const asked = index === 0 ? '' : `&timezone=${zone}`;
      const isToday = (): boolean => day.format(dueMs) === day.format(Date.now());
      await until(`it is due in ${zone}`, async () => {
        const filter = isToday() ? 'due:today' : 'due:tomorrow';
        const found = await user.get<TaskPage>(`/v1/tasks?filter=${filter}${asked}`);
        return found.body.items.length === 1;
      });
    }
    expect((await user.get<ErrorBody>('/v1/tasks?filter=list:Work')).status).toBe(422);
  });

  test('explains a filter while it is typed', async () => {
    expect(await explain('due < +7d & tag:errand')).toMatchObject({
      words: 'due before 7 days after today and tag errand',
      fault: null,
      tokens: expect.arrayContaining([{ kind: 'field', start: 0, end: 3 }]),
    });
    expect(await explain('tag:err')).toMatchObject({
      completions: { start: 4, end: 7, items: [{ text: 'errand', kind: 'value' }] },
    });
    expect((await explain('list:W')).completions.items).toEqual([{ text: 'Work', kind: 'value' }]);
    expect(await explain('prio')).toMatchObject({
      words: null,
      fault: { start: 0, end: 4 },
      completions: { start: 0, end: 4, items: [{ text: 'priority', kind: 'field' }] },
    });
    expect(await explain('')).toMatchObject({ words: null, completions: { items: expect.any(Array) } });
  });
});
