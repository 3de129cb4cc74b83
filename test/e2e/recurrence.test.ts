// Templates as users have them: what recurs, what is changed of it, and what becomes of the tasks.
import { TOPOLOGIES, type Topology } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Task {
  id: string;
  title: string;
  status: string;
  due_at: string | null;
  completed_at: string | null;
  original_start: string | null;
  template_id: string | null;
  series_id: string | null;
  list_id: string;
  version: number;
}

interface Template {
  id: string;
  series_id: string;
  list_id: string;
  title: string;
  status: string;
  generated_through: string | null;
  ends_before: string | null;
  starts_from: string | null;
  version: number;
}

interface Occurrence {
  original_start: string;
  at: string;
  state: string;
  moved: boolean;
  edited: boolean;
  task_id: string | null;
  task_status: string | null;
  template_id: string;
}

interface Page<Item> {
  items: Item[];
  page: { next_cursor: string | null };
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Midnight may pass during the tests: all days count from here. */
const NOW = Date.now();

/** Local midnight-free UTC date so many days from today. */
function day(offset: number): string {
  return new Date(NOW + offset * DAY_MS).toISOString().slice(0, 10);
}

function daily(hour = '09:00:00', from = 1): object {
  return { dtstart: `${day(from)}T${hour}`, timezone: 'UTC', pattern: 'daily' };
}

/** How a build runs, and where the shared servers keep their jobs. */
const PLACES: [Topology, 'PostgreSQL' | 'Redis'][] = [
  [TOPOLOGIES[0], 'PostgreSQL'],
  [TOPOLOGIES[1], 'Redis'],
];

describe.each(PLACES)('recurrence, %s, jobs in %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
  });

  async function make(more: object = {}): Promise<Template> {
    const input = {
      title: 'Water the plants',
      rule: daily(),
      sync_horizon_days: 7,
      generation_horizon_days: 30,
      ...more,
    };
    const { status, body } = await api.post<Template>('/v1/templates', input);
    expect(body).toMatchObject({ title: 'Water the plants' });
    expect(status).toBe(201);
    return body;
  }

  async function tasksOf(template: { id: string }, query = ''): Promise<Task[]> {
    const { body } = await api.get<Page<Task>>(
      `/v1/tasks?template_id=${template.id}&limit=500&order_by=due_at${query}`,
    );
    return body.items;
  }

  async function occurrencesOf(template: { id: string }, query = 'limit=500'): Promise<Occurrence[]> {
    const { status, body } = await api.get<Page<Occurrence>>(`/v1/templates/${template.id}/occurrences?${query}`);
    expect(status).toBe(200);
    return body.items;
  }

  /** The occurrence's task, once all that is to come is there. */
  async function generated(template: Template, count: number): Promise<Task[]> {
    await until(`${count} tasks`, async () => (await tasksOf(template)).length >= count);
    return tasksOf(template);
  }

  test('the next days are there with the answer, the rest soon', async () => {
    const template = await make();
    const soon = await tasksOf(template);
    expect(soon.length).toBeGreaterThanOrEqual(6);
    expect(soon[0]).toMatchObject({
      title: 'Water the plants',
      due_at: `${day(1)}T09:00:00.000Z`,
      original_start: `${day(1)}T09:00:00`,
      template_id: template.id,
      series_id: template.series_id,
    });
    const all = await generated(template, 29);
    expect(new Set(all.map(({ original_start }) => original_start)).size).toBe(all.length);
    await until('the template tells how far it is', async () => {
      const { body } = await api.get<Template>(`/v1/templates/${template.id}`);
      return Date.parse(body.generated_through ?? '') > Date.now() + 29 * DAY_MS;
    });
  });

  test('a deleted task is a skipped occurrence, which undo brings back as a new task', async () => {
    const template = await make();
    const [first] = await generated(template, 29);
    const { status } = await api.request('DELETE', `/v1/tasks/${first?.id}`);
    expect(status).toBe(204);
    await until('the exception', async () => (await occurrencesOf(template))[0]?.state === 'skipped');
    const exceptions = `/v1/templates/${template.id}/exceptions`;
    const { body } = await api.get<Page<{ original_start: string; kind: string }>>(exceptions);
    expect(body.items).toMatchObject([{ original_start: first?.original_start, kind: 'skip' }]);
    expect((await api.request('DELETE', `${exceptions}/${first?.original_start}`)).status).toBe(204);
    const [again] = await tasksOf(template);
    expect(again?.original_start).toBe(first?.original_start);
    expect(again?.id).not.toBe(first?.id);
  });

  test('an edited and a moved occurrence outlive a change of the rule’s hour, under the new key', async () => {
    const template = await make();
    const [first, second] = await generated(template, 29);
    await api.patch(`/v1/tasks/${first?.id}`, { title: 'Water the cactus' });
    const at = `${day(2)}T20:00:00.000Z`;
    await api.patch(`/v1/templates/${template.id}/occurrences/${second?.original_start}`, { at });
    await until('the exception', async () => (await occurrencesOf(template))[0]?.edited === true);
    const changed = await api.patch<Template>(`/v1/templates/${template.id}`, { rule: daily('07:30:00') });
    expect(changed.status).toBe(200);
    const [one, two, three] = await occurrencesOf(template);
    expect(one).toMatchObject({ original_start: `${day(1)}T07:30:00`, edited: true, task_id: first?.id });
    expect(two).toMatchObject({ original_start: `${day(2)}T07:30:00`, at, moved: true, task_id: second?.id });
    expect(three).toMatchObject({ original_start: `${day(3)}T07:30:00`, moved: false, edited: false });
    await until('the new hour', async () => {
      const task = (await tasksOf(template)).find(({ original_start }) => original_start === `${day(3)}T07:30:00`);
      return task?.due_at === `${day(3)}T07:30:00.000Z`;
    });
    const edited = await api.get<Task>(`/v1/tasks/${first?.id}`);
    expect(edited.body.title).toBe('Water the cactus');
  });

  test('pausing takes what is to come, and resuming brings it back once', async () => {
    const template = await make();
    const before = await generated(template, 29);
    expect((await api.post(`/v1/templates/${template.id}/pause`, {})).status).toBe(200);
    await until('no tasks', async () => (await tasksOf(template)).length === 0);
    expect((await api.post(`/v1/templates/${template.id}/resume`, {})).status).toBe(200);
    const after = await generated(template, before.length);
    // The horizon goes on meanwhile.
    expect(after.slice(0, before.length).map(({ original_start }) => original_start)).toEqual(
      before.map(({ original_start }) => original_start),
    );
  });

  test('from one occurrence on, the series goes on as another template', async () => {
    const template = await make();
    const tasks = await generated(template, 29);
    const split = tasks[4]?.original_start ?? '';
    const { status, body } = await api.patch<{ template: Template }>(
      `/v1/templates/${template.id}/occurrences/${split}?scope=following`,
      { title: 'Water the garden' },
    );
    expect(status).toBe(200);
    expect(body.template).toMatchObject({
      series_id: template.series_id,
      starts_from: split,
      title: 'Water the garden',
    });
    await until('the tasks to follow', async () => (await tasksOf(body.template)).length >= tasks.length - 4);
    const following = (await tasksOf(body.template)).slice(0, tasks.length - 4);
    expect(following.map(({ id }) => id)).toEqual(tasks.slice(4).map(({ id }) => id));
    await until('titles', async () =>
      (await tasksOf(body.template)).every(({ title }) => title === 'Water the garden'),
    );
    expect((await tasksOf(template)).map(({ id }) => id)).toEqual(tasks.slice(0, 4).map(({ id }) => id));
  });

  test('by completion there is one live occurrence, and the next comes when it is done', async () => {
    const template = await make({ anchor: 'completion', rule: { ...daily('09:00:00', 0), every: 3 } });
    const [first, ...others] = await tasksOf(template);
    expect(others).toEqual([]);
    const { body: done } = await api.patch<Task>(`/v1/tasks/${first?.id}`, { status: 'done' });
    await until('the next one', async () => (await tasksOf(template, '&status=todo')).length === 1);
    const [next] = await tasksOf(template, '&status=todo');
    const third = new Date(Date.parse(done.completed_at ?? '') + 3 * DAY_MS).toISOString().slice(0, 10);
    expect(next?.original_start).toBe(`${third}T09:00:00`);
    await api.request('DELETE', `/v1/tasks/${next?.id}`);
    await until('the one after', async () =>
      (await tasksOf(template, '&status=todo')).some(({ id }) => id !== next?.id),
    );
    expect(await tasksOf(template, '&status=todo')).toHaveLength(1);
  });

  test('a dry run tells what a change would do, and does nothing', async () => {
    const template = await make({ rule: daily() });
    const tasks = await generated(template, 29);
    const every = { ...daily(), every: 2 };
    const { status, body } = await api.post<Record<'added' | 'removed' | 'kept', unknown[]>>(
      `/v1/templates/${template.id}/diff`,
      { rule: every },
    );
    expect(status).toBe(200);
    expect(body.added).toEqual([]);
    expect(Math.abs(body.kept.length - body.removed.length)).toBeLessThanOrEqual(1);
    expect(body.kept.length + body.removed.length).toBe(tasks.length);
    expect(await tasksOf(template)).toEqual(tasks);
  });

  test('a deleted template takes what is to come with it, save what somebody works on', async () => {
    const template = await make();
    const [first] = await generated(template, 29);
    await api.patch(`/v1/tasks/${first?.id}`, { status: 'in_progress' });
    expect((await api.request('DELETE', `/v1/templates/${template.id}`)).status).toBe(204);
    expect((await api.get(`/v1/templates/${template.id}`)).status).toBe(404);
    await until('one task', async () => (await tasksOf(template)).length === 1);
    expect(await tasksOf(template)).toMatchObject([{ id: first?.id, status: 'in_progress' }]);
  });

  test('a deleted list ends its templates', async () => {
    const list = await api.post<{ id: string }>('/v1/lists', { title: 'Garden' });
    const template = await make({ list_id: list.body.id });
    expect((await api.request('DELETE', `/v1/lists/${list.body.id}?tasks=delete`)).status).toBe(204);
    await until(
      'its end',
      async () => (await api.get<Template>(`/v1/templates/${template.id}`)).body.status === 'ended',
    );
  });

  test('a task that is reopened is the live one again, unless the next one has been worked on', async () => {
    const template = await make({ anchor: 'completion', rule: daily('09:00:00', 0) });
    const [first] = await tasksOf(template);
    const path = `/v1/tasks/${first?.id}`;
    await api.patch(path, { status: 'done' });
    const next = await until('the next one', async () => (await tasksOf(template, '&status=todo'))[0]);
    expect((await api.patch(path, { status: 'todo' })).status).toBe(200);
    expect(await tasksOf(template, '&status=todo')).toMatchObject([{ id: first?.id }]);
    await api.patch(path, { status: 'done' });
    const again = await until('it once more', async () => (await tasksOf(template, '&status=todo'))[0]);
    // It may be completed on the next day.
    expect((again.original_start ?? '') >= (next.original_start ?? '')).toBe(true);
    expect(again.id).not.toBe(next.id);
    await api.patch(`/v1/tasks/${again.id}`, { title: 'Mine' });
    const refused = await api.patch<{ error: { code: string } }>(path, { status: 'todo' });
    expect([refused.status, refused.body.error.code]).toEqual([409, 'successor_touched']);
  });

  test('every use case is a request, too', async () => {
    const client = await NatsClient.connect(installation.nats.url, installation.key);
    try {
      const call = async <Body>(name: string, body: object): Promise<Body> => {
        const answer = await client.call<Body>(`api.recurrence.${name}`, body);
        expect([answer.status, answer.body]).toEqual([200, answer.body]);
        return answer.body;
      };
      const rule = daily();
      const preview = await call<Page<Occurrence>>('preview', { rule, from: new Date().toISOString(), limit: 3 });
      const { id } = await call<Template>('create_template', { title: 'Water the plants', rule, lead_days: 5 });
      const shown = await call<Page<Occurrence>>('find_occurrences', { id, limit: 3 });
      expect(shown.items.map((one) => one.original_start)).toEqual(preview.items.map((one) => one.original_start));
      const original_start = shown.items[1]?.original_start ?? '';
      await call('create_exception', { id, original_start, kind: 'edit', fields: { title: 'Water the cactus' } });
      expect((await call<Page<Occurrence>>('find_exceptions', { id })).items).toMatchObject([{ original_start }]);
      await call('undo_exception', { id, original_start });
      await call('change_occurrence', { id, original_start, scope: 'all', patch: { title: 'Water the garden' } });
      await call('remove_occurrence', { id, original_start, scope: 'following' });
      expect((await call<Page<Occurrence>>('find_occurrences', { id })).items).toHaveLength(1);
      expect(await call<Template>('pause_template', { id })).toMatchObject({ status: 'paused' });
      expect(await call<Template>('resume_template', { id, missed: 'latest' })).toMatchObject({ status: 'active' });
      expect(await call<Template>('end_template', { id })).toMatchObject({ status: 'ended' });
      await call('delete_template', { id });
    } finally {
      await client.close();
    }
  });

  test.each([
    [{ rule: { dtstart: '2026-02-30T09:00:00', pattern: 'daily' } }, 'rule.dtstart'],
    [{ rule: { dtstart: '2026-02-28', rrule: 'FREQ=SECONDLY' } }, 'rule.rrule'],
    [{ rule: { dtstart: '2026-02-28', rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' } }, 'rule.rrule'],
    [{ rule: { dtstart: '2026-02-28', pattern: 'daily', timezone: 'Mars/Olympus' } }, 'rule.timezone'],
    [{ rule: { dtstart: '2026-02-28', pattern: 'interval', interval: 'PT1M' } }, 'rule.interval'],
    [{ lead_days: 731 }, 'lead_days'],
    [{ lead_days: 7, sync_horizon_days: 7 }, 'sync_horizon_days'],
    [{ assignee_id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' }, 'assignee_id'],
  ])('refuses %j by name, and makes nothing', async (more, field) => {
    const count = async (): Promise<unknown> =>
      (await api.get<{ page: { total: number } }>('/v1/templates?count=exact')).body.page.total;
    const before = await count();
    const { status, body } = await api.post<{ error: { details: { field: string }[] } }>('/v1/templates', {
      title: 'Water the plants',
      rule: daily(),
      ...more,
    });
    expect([status, body.error.details[0]?.field]).toEqual([422, field]);
    expect(await count()).toBe(before);
  });

  test('a list that is not there, or is another workspace’s, is not found', async () => {
    const list_id = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
    const { status, body } = await api.post('/v1/templates', { title: 'Water', rule: daily(), list_id });
    expect([status, body]).toEqual([
      404,
      expect.objectContaining({ error: expect.objectContaining({ code: 'list_not_found' }) }),
    ]);
  });
});
