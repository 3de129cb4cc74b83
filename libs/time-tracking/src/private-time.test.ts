// In a workspace that keeps time private, a member reads nothing of the time of others: each operation that reads time, by its declaration.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { clientOf, type AnyOperation, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { entriesSearch, reportsOperations, timeTrackingResources, type TimeEntry } from '../contract/index.js';
import { timeTrackingFeature } from '../feature.js';
import { entriesWorld, hoursAgo, limited, worked } from '../testing/entries-world.js';

const world = entriesWorld();

let ada: CallContext;
let bob: CallContext;
/** By hand and running, of both. */
let all: TimeEntry[];
let taskId: string;

beforeEach(async () => {
  [ada, bob] = [privately(world().user()), privately(world().user())];
  world().names.set(idOf(ada), 'Ada Lovelace').set(idOf(bob), 'Bob Ross');
  const task = await world().newTask();
  taskId = task.id;
  for (const person of [ada, bob])
    for (const status of ['in_progress', 'blocked'] as const)
      await world().tasks.updateTask({ id: taskId, patch: { status } }, person);
  await world().deliver();
  all = [];
  for (const person of [ada, bob]) {
    all.push(await worked(world(), person, 3, 2, { task_id: taskId, tags: [`fern of ${nameOf(person)}`] }));
    all.push(await world().entries.startTimer({ task_id: taskId, note: `fern of ${nameOf(person)}` }, person));
  }
});

function privately(context: CallContext): CallContext {
  return { ...context, principal: { ...context.principal, ownOnly: ['time:read'] } };
}
function idOf({ principal }: CallContext): string {
  return principal.id;
}
function nameOf(context: CallContext): string {
  return world().names.get(idOf(context)) ?? '';
}
function entriesOf(person: CallContext): TimeEntry[] {
  return all.filter(({ user_id: id }) => id === idOf(person));
}
/** Everything by which an answer would give away the time of a person. */
function tracesOf(person: CallContext): string[] {
  return [idOf(person), nameOf(person), ...entriesOf(person).map(({ id }) => id)];
}

type Ask = (call: CallContext) => Promise<unknown>;
const period = () => ({ from: hoursAgo(48), to: new Date(Date.now() + 60_000).toISOString() });
const reports = () => clientOf(world().bus, reportsOperations);
const firstOf = (person: CallContext): string => entriesOf(person)[0]?.id ?? '';

/** Operations that answer with the time of people. */
const ASKS: Readonly<Record<string, Ask>> = {
  findEntries: (call) => world().entries.findEntries({ count: 'exact' }, call),
  getEntry: async (call) => [
    await world().entries.getEntry({ id: firstOf(ada) }, call),
    await world()
      .entries.getEntry({ id: firstOf(bob) }, call)
      .catch(({ code }: { code: string }) => code),
  ],
  taskTime: (call) => world().history.taskTime({ id: taskId }, call),
  report: (call) => reports().report({ ...period(), group_by: ['person', 'task'] }, call),
  report_rows: (call) => world().reports.reportRows({ ...period(), group_by: ['person', 'task'] }, call),
  findMatches: (call) => clientOf(world().bus, entriesSearch).findMatches({ q: 'fern', limit: 50 }, call),
  getTimer: (call) => world().entries.getTimer(undefined, call),
};

/** Operations that read time and answer all members alike. */
const NOT_OF_PEOPLE: Readonly<Record<string, string>> = {
  taskHistory: 'the status changes of a task, which the change feed of tasks shows as well',
  findHistory: 'as taskHistory',
  flow: 'figures of tasks, which name no person',
  getSettings: 'settings of the workspace',
  getLock: 'settings of the workspace',
  entryResources: 'asked by the change feed for the entries of changes that the reader sees',
};

/** The operations of the feature that read, with and without a route. */
function readsOf({ contracts, operations = [] }: typeof timeTrackingFeature): string[] {
  const declared = operations.flatMap((map) => Object.values<AnyOperation>(map));
  const reads = declared.filter(({ reads: isRead, http }) => isRead || !http).map(({ key }) => key);
  return [...reads, ...contracts.map(({ name }) => name)];
}

test('each operation that reads time says here what a member gets', () => {
  expect(readsOf(timeTrackingFeature).toSorted()).toEqual(
    [...Object.keys(ASKS), ...Object.keys(NOT_OF_PEOPLE)].toSorted(),
  );
});

describe('where time is private', () => {
  test.each(Object.entries(ASKS))('%s answers a member with their own time only', async (_name, ask) => {
    const answer = JSON.stringify(await ask(ada));
    expect(tracesOf(ada).some((trace) => answer.includes(trace))).toBe(true);
    for (const trace of tracesOf(bob)) expect(answer).not.toContain(trace);
  });

  test.each(Object.entries(ASKS).filter(([name]) => name !== 'getTimer'))(
    '%s answers an admin and a key with the time of all',
    async (_name, ask) => {
      for (const call of [world().context, world().user('admin')]) {
        const answer = JSON.stringify(await ask(call));
        for (const person of [ada, bob]) expect(tracesOf(person).some((trace) => answer.includes(trace))).toBe(true);
      }
    },
  );
});

test('the entries of others are not found by filters, pages and counts', async () => {
  const { entries } = world();
  const query = { user_id: idOf(bob).toUpperCase(), count: 'exact' } as const;
  expect(await entries.findEntries(query, ada)).toMatchObject({ items: [], page: { total: 0 } });
  const own = await entries.findEntries({ user_id: idOf(ada).toUpperCase(), count: 'exact' }, ada);
  expect(own.page.total).toBe(2);
  const first = await entries.findEntries({ limit: 1 }, ada);
  const second = await entries.findEntries({ limit: 1, cursor: first.page.next_cursor ?? '' }, ada);
  expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual(
    entriesOf(ada)
      .map(({ id }) => id)
      .toSorted(),
  );
  expect(second.page.next_cursor).toBeNull();
  // A cursor from before the setting was changed.
  const before = await entries.findEntries({ limit: 1 }, world().user());
  const cursor = before.page.next_cursor ?? '';
  await expect(entries.findEntries({ limit: 1, cursor }, ada)).rejects.toMatchObject({ code: 'validation_error' });
});

test('the entries of others cannot be written either, as if they were not there', async () => {
  const { entries } = world();
  const others = firstOf(bob);
  const notFound = { code: 'entry_not_found' };
  await expect(entries.updateEntry({ id: others, patch: { note: 'Mine' } }, ada)).rejects.toMatchObject(notFound);
  await expect(entries.deleteEntry({ id: others }, ada)).rejects.toMatchObject(notFound);
  await entries.updateEntry({ id: firstOf(ada), patch: { note: 'Mine' } }, ada);
});

test('the time of a task is that of all, and its people are the reader alone', async () => {
  const { history } = world();
  const [seen, whole] = [
    await history.taskTime({ id: taskId }, ada),
    await history.taskTime({ id: taskId }, world().context),
  ];
  expect(seen.people.map(({ person }) => person)).toEqual([{ kind: 'user', id: idOf(ada), name: 'Ada Lovelace' }]);
  expect([seen.spans.length, seen.entries.length]).toEqual([1, 2]);
  expect([whole.spans.length, whole.entries.length, whole.people.length]).toEqual([2, 4, 2]);
  expect(seen.worked).toBe(whole.worked);
  // Two hours by hand, and timers that run since then.
  expect([seen.entered, whole.entered]).toEqual([expect.stringMatching(/^PT2H/), expect.stringMatching(/^PT2H/)]);
});

test('a report sums up the own time alone, also within lists', async () => {
  const asked = { ...period(), group_by: ['task' as const] };
  const own = await reports().report(asked, ada);
  const whole = await reports().report(asked, world().context);
  // An hour by hand, and the timer that has run since then.
  expect([own.total.entered, whole.total.entered]).toEqual([
    expect.stringMatching(/^PT1H/),
    expect.stringMatching(/^PT2H/),
  ]);
  const within = await reports().report(asked, limited(ada, world().list));
  expect(within.total.entered).toMatch(/^PT1H/);
  expect((await reports().report(asked, limited(ada, uuidv7()))).total.entries).toBe(0);
});

test('the search finds the own entries alone, also similar words', async () => {
  const { findMatches } = clientOf(world().bus, entriesSearch);
  const found = async (q: string, similar = false) =>
    (await findMatches({ q, limit: 50, similar }, ada)).items.map(({ id }) => id).toSorted();
  expect(await found('fern')).toEqual(
    entriesOf(ada)
      .map(({ id }) => id)
      .toSorted(),
  );
  expect(await found('bob')).toEqual([]);
  expect(await found('ferns', true)).toEqual(
    entriesOf(ada)
      .map(({ id }) => id)
      .toSorted(),
  );
});

test('the change feed is told whose each entry is', () => {
  const things = timeTrackingFeature.events?.flatMap(({ thing }) => thing ?? []) ?? [];
  const withTime = things.filter(({ resources }) => resources === timeTrackingResources.entryResources);
  expect(withTime).toMatchObject([{ type: 'entry', scope: 'time:read', personal: true, keys: ['user_id'] }]);
});
