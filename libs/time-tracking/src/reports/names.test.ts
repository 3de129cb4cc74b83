// Names of users and titles of lists in reports and histories.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DomainError, UnavailableError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { insertTimeRows, type TaskRow } from '../../testing/time-rows.js';
import { createTimeTrackingWorld, type TimeTrackingWorld } from '../../testing/time-tracking-world.js';
import { Names } from './names.js';
import { ReportLimits, ReportsController } from './reports.controller.js';

const NOVEMBER = { from: '2025-11-01', to: '2025-12-01' };
const [GRACE, KEY] = [uuidv7(), uuidv7()];

let world: TimeTrackingWorld;
beforeAll(async () => {
  world = await createTimeTrackingWorld();
  world.names.set(GRACE, 'Grace Hopper');
});
afterAll(() => world?.end());

/** Grace has an hour of entries on a task in the list that is assigned to her; a key has put the task to work for an hour. */
async function hourIn(list_id: string): Promise<void> {
  const task_id = uuidv7();
  const task: TaskRow = {
    task_id,
    workspace_id: world.workspace,
    title: 'Water the plants',
    list_id,
    tags: ['garden'],
    assignee_id: GRACE,
    template_id: null,
    estimated_duration: null,
    status: 'todo',
    status_seen: 1,
  };
  const time = {
    workspace_id: world.workspace,
    started_at: '2025-11-03T09:00:00Z',
    ended_at: '2025-11-03T10:00:00Z',
    task_id,
  };
  await insertTimeRows(world.database, {
    tasks: [task],
    spans: [{ ...time, version: 1, actor_id: KEY }],
    entries: [{ ...time, id: uuidv7(), user_id: GRACE, tags: [], billable: false, source: 'manual' }],
  });
}

async function titleOf(list: string): Promise<unknown> {
  const query = { ...NOVEMBER, group_by: ['list' as const], list_id: list };
  const { items } = await world.reports.report(query, world.context);
  expect(items.map((row) => row.list)).toEqual([list]);
  return items[0]?.list_title;
}

test('a report names persons, assignees, lists and tags', async () => {
  const list = await world.newList();
  await hourIn(list);
  const query = { ...NOVEMBER, list_id: list };
  const people = await world.reports.report({ ...query, group_by: ['person', 'assignee', 'tag'] }, world.context);
  const assigned = { assignee: GRACE, assignee_name: 'Grace Hopper', tag: 'garden' };
  expect(people.items).toHaveLength(2);
  expect(people.items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ person: GRACE, person_name: 'Grace Hopper', ...assigned }),
      expect.objectContaining({ person: KEY, person_name: null, ...assigned }),
    ]),
  );
  expect(await titleOf(list)).toEqual(expect.any(String));
  const plain = await world.reports.report({ ...query, group_by: ['day'] }, world.context);
  expect(Object.keys(plain.items[0] ?? {})).not.toEqual(expect.arrayContaining(['person_name']));
});

test('a list in the trash keeps its title, one of another workspace has none', async () => {
  const list = await world.newList();
  await hourIn(list);
  const title = await titleOf(list);
  const { tasks, context } = world;
  await tasks.deleteList({ id: list }, context);
  expect(await titleOf(list)).toBe(title);
  const foreign = await world.newList();
  await world.database.query('UPDATE tasks.list SET workspace_id = $2 WHERE id = $1', [foreign, uuidv7()]);
  await hourIn(foreign);
  expect(await titleOf(foreign)).toBeNull();
});

test('while auth and tasks are unavailable, a report comes without names', async () => {
  const list = await world.newList();
  await hourIn(list);
  const asked: string[] = [];
  const nobody = new Names(
    {
      names: () => {
        asked.push('names');
        return Promise.reject(new UnavailableError('No node runs auth.'));
      },
    },
    {
      listTitles: () => {
        asked.push('titles');
        return Promise.reject(new DomainError('timed_out', 'timed_out', 'Too late.'));
      },
    },
  );
  const reports = new ReportsController(world.database, new ReportLimits(), nobody);
  const query = { ...NOVEMBER, list_id: list, group_by: ['person' as const, 'list' as const] };
  const { items } = await reports.report(query, world.context);
  expect(items.map((row) => [row.person_name, row.list_title, row.list])).toEqual([
    [null, null, list],
    [null, null, list],
  ]);
  expect(asked.toSorted()).toEqual(['names', 'titles']);
});

test('each id is asked for once, and many in parts that fit into a message', async () => {
  const asked: number[] = [];
  const counting = new Names(
    {
      names: (_workspace, ids) => {
        asked.push(ids.length);
        return Promise.resolve(new Map(ids.map((id) => [id, `name of ${id}`])));
      },
    },
    { listTitles: () => Promise.reject(new Error('is not asked')) },
  );
  const ids = Array.from({ length: 1_100 }, () => uuidv7());
  const names = await counting.people(world.context, [...ids, ...ids, 'a system', null]);
  expect(asked).toEqual([500, 500, 100]);
  expect([names.size, names.get(ids[1_099] ?? '')]).toEqual([1_100, `name of ${ids[1_099]}`]);
  expect((await counting.titles(world.context, [null])).size).toBe(0);
});

test('the history and the time of a task name users', async () => {
  const grace: CallContext = world.user('admin');
  world.names.set(grace.principal.id, 'Grace');
  const { id } = await world.newTask();
  await world.tasks.updateTask({ id, patch: { status: 'in_progress' } }, grace);
  await world.deliver();
  const { items } = await world.history.taskHistory({ id }, world.context);
  expect(items.map(({ actor }) => actor.name)).toEqual([null, 'Grace']);
  const time = await world.history.taskTime({ id }, world.context);
  expect([time.spans[0]?.actor.name, time.people[0]?.person.name]).toEqual(['Grace', 'Grace']);
});
