// The second week: plans change, things are tidied up, and the month is written down.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from './caller.ts';
import { day, type Shop, type Story } from './story.ts';
import { titlesOf, type Occurrence, type Task, type Template } from './things.ts';

export async function changePlans({ ada, templates }: Shop, story: Story): Promise<void> {
  story.chapter('Monday: plans change');
  const path = `/v1/templates/${templates['opening']}`;
  const { items } = await ada.api.get<Page<Occurrence>>(`${path}/occurrences`, { from: day(2), limit: '3' });
  const [first, second, third] = items.map(({ original_start: start }) => start);
  await ada.api.delete(`${path}/occurrences/${first}`);
  await ada.api.patch(`${path}/occurrences/${second}`, { at: `${day(3)}T09:30:00Z` });
  await ada.api.patch(`${path}/occurrences/${third}`, { title: 'Open the shop, with cake' });
  const changed = await ada.api.get<Page<Occurrence>>(`${path}/occurrences`, { from: day(2), limit: '3' });
  assert.deepEqual(
    changed.items.map(({ state }) => state === 'skipped'),
    [true, false, false],
  );
  story.print('The shop stays closed for a day, opens late on the next, and with cake on the third.');

  await ada.api.patch<Template>(path, { rule: { time: '06:45' } });
  const { next_at: next, rule } = await ada.api.get<Template>(path);
  assert(next && rule.timezone === 'Europe/Berlin');
  story.print('From now on it opens at 6:45. One field of the rule is changed, the others stay.');

  const paused = await ada.api.post<Template>(`${path}/pause`, { until: day(30) });
  assert.equal(paused.status, 'paused');
  await ada.api.post(`${path}/resume`, { missed: 'skip' });
  const ending = await ada.api.post<Template>(`${path}/end`, { at: day(60) });
  assert(ending.ends_at);
  const open = await ada.api.post<Template>(`${path}/end`, { at: null });
  assert.equal(open.ends_at, null);
  story.print('Ada pauses it for a holiday and resumes it early. An end in two months is taken back as well.');
}

export async function tidyUp({ ada, bob, lists }: Shop, story: Story): Promise<void> {
  story.chapter('Tuesday: tidying up');
  for (const title of ['Sort the screws', 'Label the shelves', 'Throw out old tubes'])
    await bob.api.post('/v1/tasks', { title, list_id: lists['backroom'], tags: ['winter'] });
  const change = { filter: 'tag:winter & open', change: { action: 'complete' } };
  const plan = await ada.api.post<{ matched: number }>('/v1/tasks/bulk', { ...change, dry_run: true });
  assert.equal(plan.matched, 3);
  await ada.api.post('/v1/tasks/bulk', change);
  const left = await ada.api.get<Page<Task>>('/v1/tasks', { filter: 'tag:winter & open' });
  assert.deepEqual(left.items, []);
  story.print('One request asks what would be done, the next one completes all tasks for the winter.');

  await ada.api.delete('/v1/tags/winter');
  const tags = await ada.api.get<Page<{ name: string }>>('/v1/tags');
  assert(!tags.items.some(({ name }) => name.toLowerCase() === 'winter'));
  story.print('Nobody needs the tag any more: it is deleted from all tasks.');

  await ada.api.delete(`/v1/lists/${lists['backroom']}?tasks=delete`);
  await ada.api.refused('404 list_not_found', 'GET', `/v1/lists/${lists['backroom']}`);
  await ada.api.post(`/v1/trash/${lists['backroom']}/restore`);
  const restored = await ada.api.get<Page<Task>>(`/v1/lists/${lists['backroom']}/tasks`, { q: 'screws' });
  assert.deepEqual(titlesOf(restored.items), ['Sort the screws']);
  story.print('Ada deletes the whole Backroom by accident, and takes it out of the trash with everything in it.');
}

export async function subscribe({ ada, lists, tasks }: Shop, story: Story): Promise<void> {
  story.chapter('Wednesday: the calendar');
  await ada.api.patch(`/v1/tasks/${tasks['tandem']}`, { due_on: day(4) });
  const feed = await ada.api.post<{ url: string }>('/v1/feeds', { list_id: lists['workshop'], name: 'Workshop' });
  const { pathname } = new URL(feed.url);
  const calendar = await ada.api.text(pathname);
  assert.match(calendar, /^BEGIN:VCALENDAR/);
  assert.match(calendar, /SUMMARY:Open the shop/);
  assert.match(calendar, /SUMMARY:Repair the tandem of Ms Weiß/);
  story.print('A calendar app subscribes to the Workshop: it has the openings with their exceptions, and the tandem.');
}

export async function bookHours({ bob, cleo, tasks }: Shop, story: Story): Promise<void> {
  story.chapter('Thursday: the hours');
  for (const [daysAgo, from, duration] of [
    [3, '09:00', 'PT2H15M'],
    [2, '13:30', 'PT45M'],
    [1, '09:00', 'PT1H'],
  ] as const) {
    const started_at = `${day(-daysAgo)}T${from}:00Z`;
    await bob.api.post('/v1/time/entries', { task_id: tasks['tandem'], started_at, duration, billable: true });
  }
  const period = { from: day(-14), to: day(1), group_by: 'person,list' };
  const rows = await until('the report has the hours', async () => {
    const { items } = await cleo.api.get<Page<ReportRow>>('/v1/time/report', period);
    return items.some(({ entered, list_title }) => entered.startsWith('PT4H') && list_title === 'Workshop') && items;
  });
  assert.deepEqual(new Set(rows.map(({ person_name }) => person_name)), new Set(['Bob Baker']));
  const csv = await cleo.api.text('/v1/time/report', { ...period, format: 'csv' });
  assert.match(csv, /Bob Baker/);
  assert.match(csv, /Workshop/);
  story.print('Bob has entered four hours. The report and its CSV file name him and the list, not their ids.');

  await cleo.api.refused('403 forbidden', 'PATCH', `/v1/tasks/${tasks['tandem']}`, { status: 'done' });
  story.print('Cleo keeps the books: she may read everything, and change nothing.');
}

export async function sayGoodbye({ ada, bob, tasks }: Shop, story: Story): Promise<void> {
  story.chapter('Friday: goodbye, Bob');
  await ada.api.delete(`/v1/members/${bob.id}`);
  const former = await ada.api.get<{ name: string; status: string; email?: string }>(`/v1/members/${bob.id}`);
  assert.deepEqual([former.name, former.status, former.email], ['Bob Baker', 'former', undefined]);
  await bob.api.refused('401 unauthorized', 'GET', '/v1/tasks');
  const tandem = await until('his open tasks are free', async () => {
    const task = await ada.api.get<Task>(`/v1/tasks/${tasks['tandem']}`);
    return task.assignee_id === null && task;
  });
  assert.equal(tandem.status, 'in_progress');
  story.print('Bob leaves. His token ends, his open tasks wait for somebody else, and his name stays with his hours.');

  const mistaken = { title: 'Call Bob', priority: 'soon', colour: 'red' };
  const { details } = await ada.api.refused('422 validation_error', 'POST', '/v1/tasks', mistaken);
  assert.partialDeepStrictEqual(details, [
    { field: 'colour', code: 'unknown' },
    { field: 'priority', code: 'not_one_of', limits: { allowed: ['low', 'medium', 'high', 'urgent'] } },
  ]);
  story.print('A program that makes mistakes learns of all of them: the field, the kind of fault, and the limits.');
}

interface ReportRow {
  person_name: string | null;
  list_title: string | null;
  entered: string;
}

/** Reports and assignments follow by events, within moments. */
async function until<T>(what: string, probe: () => Promise<T | false>): Promise<T> {
  for (const end = Date.now() + 120_000; Date.now() < end; await delay(200)) {
    const found = await probe();
    if (found !== false) return found;
  }
  throw new Error(`Not within two minutes: ${what}`);
}
