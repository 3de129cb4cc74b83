// The first week: a bicycle shop moves in, and finds its way about.
import assert from 'node:assert/strict';
import type { Page } from './caller.ts';
import { day, ZONE, type Shop, type Story } from './story.ts';
import { titlesOf, type List, type QuickAdd, type Task, type Template } from './things.ts';

export async function moveIn({ ada, lists, tasks }: Shop, story: Story): Promise<void> {
  story.chapter('Monday: the shop moves in');
  const list = async (body: { title: string; color: string; icon: string }): Promise<string> =>
    (await ada.api.post<List>('/v1/lists', body)).id;
  lists['workshop'] = await list({ title: 'Workshop', color: '#1f6feb', icon: '🔧' });
  lists['backroom'] = await list({ title: 'Backroom', color: '#8d6e63', icon: '📦' });
  lists['orders'] = await list({ title: 'Orders', color: '#2e7d32', icon: '🚚' });
  story.print('Ada makes three lists with a color and an icon each: Workshop, Backroom and Orders.');

  const text = [
    'Repair the tandem of Ms Weiß tomorrow #Workshop @repair !high +bob ~2h',
    '  Order the chain #Workshop @parts',
    '  True the rear wheel #Workshop ~45m',
    'Sweep the "every day" corner #Backroom',
  ].join('\n');
  const quick = await ada.api.post<QuickAdd>('/v1/tasks/quick', { text });
  assert.deepEqual(titlesOf(quick.items), [
    'Repair the tandem of Ms Weiß',
    'Order the chain',
    'True the rear wheel',
    'Sweep the "every day" corner',
  ]);
  assert.deepEqual(
    quick.items.map(({ parent }) => parent),
    [null, 0, 0, null],
  );
  const tandem = await ada.api.get<Task>(`/v1/tasks/${quick.items[0]?.id}`);
  tasks['tandem'] = tandem.id;
  assert.deepEqual([tandem.due_on, tandem.timezone, tandem.priority], [day(1), ZONE, 'high']);
  story.print('She types four lines: a repair for Bob that is due tomorrow in Berlin, two subtasks of it, and a task.');
}

export async function repeat({ ada, lists, templates }: Shop, story: Story): Promise<void> {
  story.chapter('Tuesday: work that repeats');
  const opening = await ada.api.post<Template>('/v1/templates', {
    title: 'Open the shop',
    list_id: lists['workshop'],
    rule: { dtstart: `${day(0)}T07:00:00`, pattern: 'daily' },
  });
  templates['opening'] = opening.id;
  assert.equal(opening.rule.timezone, ZONE);
  story.print(
    'The shop opens every day at seven. Ada names no zone, so it is seven in Berlin, also when the clocks change.',
  );

  const { items } = await ada.api.get<Page<Task>>(`/v1/lists/${lists['workshop']}/tasks`);
  const openings = items.filter(({ title }) => title === 'Open the shop');
  const { counts } = await ada.api.get<List>(`/v1/lists/${lists['workshop']}`);
  const all = await ada.api.get<Page<Task>>('/v1/tasks', { template_id: opening.id, occurrences: 'all', limit: '100' });
  assert(openings.length <= 2 && counts.upcoming > 10 && all.items.length > 10);
  story.print(
    'The list shows the next time and what is due, not the openings of a whole year. They are found when asked for.',
  );

  const plants = await ada.api.post<Template>('/v1/templates', {
    title: 'Water the plants',
    list_id: lists['backroom'],
    anchor: 'completion',
    rule: { dtstart: `${day(0)}T18:00:00`, pattern: 'daily', every: 3 },
  });
  templates['plants'] = plants.id;
  const watering = await ada.api.get<Page<Task>>('/v1/tasks', { template_id: plants.id, status: 'todo' });
  const [first] = watering.items;
  assert(first && watering.items.length === 1);
  await ada.api.post(`/v1/tasks/${first.id}/complete`);
  story.print('The plants want water three days after they had it: completing one task makes the next.');
}

export async function work({ ada, bob, lists }: Shop, story: Story): Promise<void> {
  story.chapter('Wednesday: Bob gets to work');
  const repairs = await bob.api.get<Page<Task>>('/v1/tasks', { assignee: 'me', tag: 'repair', top_level: 'true' });
  const [tandem] = repairs.items;
  assert(tandem && titlesOf(repairs.items).join() === 'Repair the tandem of Ms Weiß');
  story.print('Bob asks for the repairs that are assigned to him and finds the tandem.');

  await bob.api.post('/v1/time/timer/start', { task_id: tandem.id, note: 'On the stand' });
  await bob.api.patch(`/v1/tasks/${tandem.id}`, { status: 'in_progress' });
  const today = await bob.api.get<{ in_progress: { items: Task[] } }>('/v1/today');
  assert.deepEqual(titlesOf(today.in_progress.items), ['Repair the tandem of Ms Weiß']);
  await bob.api.post('/v1/time/timer/stop');
  story.print('He starts a timer by a token of his own, and his day shows the tandem in progress.');

  const moved = await ada.api.post<Task>(`/v1/tasks/${tandem.id}/move`, { list_id: lists['orders'] });
  const parts = await ada.api.get<Page<Task>>('/v1/tasks', { parent_id: tandem.id });
  assert.deepEqual(
    [moved.list_id, ...parts.items.map(({ list_id: list }) => list)],
    [lists['orders'], lists['orders'], lists['orders']],
  );
  await ada.api.post(`/v1/tasks/${tandem.id}/move`, { list_id: lists['workshop'] });
  story.print('Ada moves it to Orders by mistake, and back. Its subtasks go along both times.');

  const again = await bob.api.post<Task>(`/v1/tasks/${tandem.id}/duplicate`, { title: 'Repair the other tandem' });
  const copies = await bob.api.get<Page<Task>>('/v1/tasks', { parent_id: again.id });
  assert.equal(copies.items.length, 2);
  story.print('The neighbours bring the same tandem: Bob duplicates the task with its subtasks.');
}

export async function find({ ada, bob }: Shop, story: Story): Promise<void> {
  story.chapter('Thursday: finding things');
  const urgent = { name: 'Urgent repairs', filter: 'tag:repair & priority >= high & open', visibility: 'shared' };
  const filter = await ada.api.post<{ id: string }>('/v1/filters', urgent);
  const forBob = await bob.api.get<Page<Task>>(`/v1/filters/${filter.id}/tasks`);
  assert.deepEqual(
    new Set(titlesOf(forBob.items)),
    new Set(['Repair the tandem of Ms Weiß', 'Repair the other tandem']),
  );
  const wrong = await ada.api.refused('422 validation_error', 'POST', '/v1/filters', {
    ...urgent,
    filter: 'tag:repair &',
  });
  assert.match(JSON.stringify(wrong.details), /filter/);
  story.print('Ada saves a filter for everybody. One that ends too early is refused, with the place.');

  const search = async (q: string): Promise<string[]> =>
    titlesOf((await ada.api.get<{ items: { title: string }[] }>('/v1/search', { q, kinds: 'tasks' })).items);
  assert.deepEqual(await search('WEISS'), ['Repair the tandem of Ms Weiß']);
  assert.deepEqual(await search('tandem -weiss'), ['Repair the other tandem']);
  story.print('The search finds Ms Weiß as WEISS, and leaves out words on request.');
}

export async function useABoard({ ada, bob, lists }: Shop, story: Story): Promise<void> {
  story.chapter('Friday: the board');
  await ada.api.put(`/v1/lists/${lists['workshop']}/workflow`, {
    transitions: { todo: ['in_progress', 'cancelled'], in_progress: ['todo', 'done'], done: ['todo'] },
    wip_limits: { in_progress: 2 },
    guards: { done: ['not_blocked'] },
  });
  const repair = async (title: string): Promise<string> =>
    (await bob.api.post<Task>('/v1/tasks', { title, list_id: lists['workshop'], tags: ['repair'] })).id;
  const [brakes, wheel, saddle] = [await repair('New brakes'), await repair('Wheel'), await repair('Saddle')];
  await bob.api.patch(`/v1/tasks/${brakes}`, { status: 'in_progress' });
  const full = { status: 'in_progress' };
  await bob.api.refused('409 wip_limit_exceeded', 'PATCH', `/v1/tasks/${saddle}`, full);
  story.print('Two bicycles fit on the stands. Bob has the tandem and the brakes there; a third one is refused.');

  await bob.api.post(`/v1/tasks/${brakes}/relations`, { kind: 'blocked_by', task_id: wheel });
  await bob.api.refused('409 transition_guarded', 'PATCH', `/v1/tasks/${brakes}`, { status: 'done' });
  const { items } = await bob.api.get<Page<Task>>('/v1/tasks', {
    filter: 'ready & tag:repair',
    list_id: lists['workshop'] ?? '',
  });
  assert(titlesOf(items).includes('Wheel') && !titlesOf(items).includes('New brakes'));
  story.print('The brakes wait for the wheel: they cannot be done before it, and only the wheel is ready.');
}
