// Finding entries, on a real PostgreSQL: the same as by looking at each.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readPageRequest } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { EntryQuery, TimeEntry } from '../../contract/index.js';
import { entriesWorld, hoursAgo, limited, worked } from '../../testing/entries-world.js';
import { countEntries, findEntryRows, withFewTasks } from '../persistence/find-entry-rows.js';

const world = entriesWorld();
type Query = Pick<EntryQuery, keyof EntryQuery>;

let all: TimeEntry[];
let taskId: string;

const PEOPLE = [uuidv7(), uuidv7(), uuidv7()] as const;

/** Also some that begin at one moment, take no time, or run. */
beforeEach(async () => {
  const { context, entries } = world();
  const task = await world().newTask();
  taskId = task.id;
  await world().deliver();
  all = [];
  for (let index = 0; index < 40; index += 1) {
    const from = 40 - Math.floor(index / 2);
    const more = { tags: index % 3 ? ['a', 'b'] : ['b'], billable: index % 4 === 0 };
    const task_id = index % 5 === 0 ? { task_id: task.id } : {};
    const user_id = PEOPLE[index % 3] ?? PEOPLE[0];
    all.push(await worked(world(), context, from, from - (index % 6), { user_id, ...more, ...task_id }));
  }
  for (const hours of [50, 0.5]) {
    const body = await entries.startTimer({}, world().user());
    const patch = { started_at: hoursAgo(hours) };
    all.push(await entries.updateEntry({ id: body.id, patch }, context));
  }
  await worked(world(), { ...context, principal: { ...context.principal, workspaceId: uuidv7() } }, 5, 4, {
    user_id: PEOPLE[0],
  });
});

function matches(entry: TimeEntry, { task_id, user_id, from, to, tag, billable }: Query): boolean {
  return (
    (task_id === undefined || entry.task_id === task_id) &&
    (user_id === undefined || entry.user_id === user_id) &&
    (from === undefined || entry.ended_at === null || entry.started_at >= from || entry.ended_at > from) &&
    (to === undefined || entry.started_at < to) &&
    (tag === undefined || entry.tags.includes(tag)) &&
    (billable === undefined || entry.billable === billable)
  );
}

function expected(query: Query): TimeEntry[] {
  const found = all
    .filter((entry) => matches(entry, query))
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return query.order_dir === 'desc' ? found.toReversed() : found;
}

function keyOf({ started_at: startedAt, id }: TimeEntry): string {
  return `${startedAt} ${id}`;
}

async function pages(query: Query, limit: number): Promise<TimeEntry[]> {
  const found: TimeEntry[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items, page } = await world().entries.findEntries(
      {
        ...query,
        limit,
        ...(cursor && { cursor }),
      },
      world().user(),
    );
    found.push(...items);
    cursor = page.next_cursor;
  }
  return found;
}

const QUERIES: readonly (readonly [string, () => Query])[] = [
  ['all', () => ({})],
  ['of a task', () => ({ task_id: taskId })],
  ['of a person', () => ({ user_id: PEOPLE[1] })],
  ['from an instant on', () => ({ from: hoursAgo(30) })],
  ['from just after one begins', () => ({ from: hoursAgo(29.99) })],
  ['until an instant', () => ({ to: hoursAgo(30) })],
  ['between two', () => ({ from: hoursAgo(33.5), to: hoursAgo(27) })],
  ['of a person between two', () => ({ user_id: PEOPLE[2], from: hoursAgo(33.5), to: hoursAgo(27) })],
  ['at no time', () => ({ from: hoursAgo(27), to: hoursAgo(33) })],
  ['with a tag', () => ({ tag: 'a' })],
  ['that are billable', () => ({ billable: true, from: hoursAgo(38) })],
  ['that are not', () => ({ billable: false })],
];

describe.each(QUERIES)('entries %s', (_what, query) => {
  test.each(['asc', 'desc'] as const)('are found %s, all pages in a row', async (order_dir) => {
    const wanted = expected({ ...query(), order_dir });
    expect(await pages({ ...query(), order_dir }, 7)).toEqual(wanted);
    const { items, page } = await world().entries.findEntries(
      {
        ...query(),
        order_dir,
        limit: 5,
        offset: 3,
        count: 'exact',
      },
      world().user(),
    );
    expect(items).toEqual(wanted.slice(3, 8));
    expect(page.total).toBe(wanted.length);
  });
});

test('a caller limited to lists finds those of tasks in them', async () => {
  const key = limited(world().context, world().list);
  const found = await world().entries.findEntries({ from: hoursAgo(35), limit: 100 }, key);
  expect(found.items).toEqual(expected({ from: hoursAgo(35), task_id: taskId }));
  expect((await world().entries.findEntries({}, limited(key, uuidv7()))).items).toEqual([]);
});

test('it is the same whether their lists hold few tasks or many', async () => {
  const { database, workspace: workspaceId, list } = world();
  const filter = { workspaceId, listIds: [list], from: hoursAgo(35) };
  const request = readPageRequest({}, ['instant', 'uuid']);
  const many = await withFewTasks(database, filter, 0);
  const few = await withFewTasks(database, filter);
  expect([many.tasksOfLists, few.tasksOfLists?.includes(taskId)]).toEqual([undefined, true]);
  const found = await findEntryRows(database, many, request);
  expect(found.map(({ id }) => id)).toEqual(expected({ from: hoursAgo(35), task_id: taskId }).map(({ id }) => id));
  expect(await findEntryRows(database, few, request)).toEqual(found);
  expect(await countEntries(database, many)).toBe(await countEntries(database, few));
});

test('a cursor belongs to its filter', async () => {
  const user = world().user();
  const { page } = await world().entries.findEntries({ limit: 5 }, user);
  const other = world().entries.findEntries({ cursor: page.next_cursor ?? '', tag: 'a' }, user);
  await expect(other).rejects.toMatchObject({ code: 'validation_error', details: [{ field: 'cursor' }] });
});
