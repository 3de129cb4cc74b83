// The same filters in SQL and in memory, over generated tasks.
import * as fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { TASK_PRIORITIES, TASK_STATUSES } from '../../contract/index.js';
import { contextOf, createTasksWorld, insertList, type TasksWorld } from '../../testing/tasks-world.js';
import { comparisonsOf, FIELDS, type FilterableTask } from '../domain/filter/filter.js';
import { matches } from '../domain/filter/matches.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { titleKey } from '../domain/title-key.js';
import { FindTasks } from './find-tasks.js';

const WORKSPACE = uuidv7();
const NOW = Date.parse('2026-03-10T09:30:00Z');
const ZONE = 'Europe/Berlin';
const ada = uuidv7();
const bob = uuidv7();
const template = uuidv7();
const WORDS = ['milk', 'bread', 'Übung', 'tea'];
const TAGS = ['errand', 'home', 'at work'];
const instants = [
  '2026-03-08T22:59:59.999Z',
  '2026-03-08T23:00:00.000Z',
  '2026-03-10T09:30:00.000Z',
  '2026-03-10T22:59:59.999Z',
  '2026-03-29T01:00:00.000Z',
  '2026-04-30T21:59:59.999Z',
  '2025-12-31T23:00:00.000Z',
];

let world: TasksWorld;
let find: FindTasks;
let work: string;
let garden: string;
let tasks: (FilterableTask & { id: string })[];

beforeAll(async () => {
  world = await createTasksWorld();
  find = new FindTasks(world.database);
  work = await insertList(world.database, WORKSPACE);
  garden = await insertList(world.database, WORKSPACE);
  tasks = fc.sample(anyTask(), { numRuns: 300, seed: 20260310 });
  const [first] = tasks;
  tasks = tasks.map((task, index) => ({ ...task, parent_id: index % 7 === 6 ? (first?.id ?? null) : null }));
  const rows = tasks.map(({ blocked_by_open: _counted, ...task }) => ({
    ...task,
    workspace_id: WORKSPACE,
    title_key: titleKey(task.title),
    position: task.id,
    due_at: task.due_instant,
    version: 1,
    title_unique: false,
    actual_duration_version: 0,
  }));
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  await world.database.query(
    `INSERT INTO tasks.task (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::tasks.task, $1::json)`,
    [JSON.stringify(rows)],
  );
  await relate();
});
afterAll(() => world.end());

/** Every third task is blocked by one or two others, some of which are closed. */
async function relate(): Promise<void> {
  const links = tasks.flatMap((task, index) =>
    index % 3 === 0
      ? [1, 50].slice(index % 2).map((step) => ({ from: tasks[(index + step) % tasks.length], to: task }))
      : [],
  );
  await world.database.query(
    `INSERT INTO tasks.relation (id, workspace_id, kind, task_id, other_id, created_at, actor_kind, actor_id)
     SELECT gen_random_uuid(), $1, 'blocks', n.from_id, n.to_id, now(), 'user', 'ada' FROM unnest($2::uuid[], $3::uuid[]) AS n (from_id, to_id)`,
    [WORKSPACE, links.map(({ from }) => from?.id), links.map(({ to }) => to.id)],
  );
  for (const { from, to } of links)
    if (['todo', 'in_progress', 'blocked'].includes(from?.status ?? '')) to.blocked_by_open += 1;
}

function optional<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(value, { nil: null });
}

function anyTask(): fc.Arbitrary<FilterableTask & { id: string }> {
  const instant = fc.constantFrom(...instants);
  const text = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
  return fc.record({
    id: fc.nat().map(() => uuidv7()),
    title: text,
    description: optional(text),
    status: fc.constantFrom(...TASK_STATUSES),
    priority: fc.constantFrom(...TASK_PRIORITIES),
    tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 3 }),
    assignee_id: optional(fc.constantFrom(ada, bob)),
    list_id: fc.constantFrom(0, 1).map((index) => (index === 0 ? work : garden)),
    parent_id: fc.constant(null),
    template_id: optional(fc.constant(template)),
    due_instant: optional(instant),
    starts_on: optional(fc.constantFrom('2026-03-09', '2026-03-10', '2026-03-31', '2026-04-01')),
    estimated_duration: optional(fc.constantFrom('PT30M', 'PT1H30M', 'P1D', 'P1M', 'P1Y', 'PT0S', 'P2W')),
    actual_duration: optional(fc.constantFrom('PT0S', 'PT30M', 'PT1H29M59.5S', 'PT24H')),
    created_at: instant,
    updated_at: instant,
    completed_at: optional(instant),
    blocked_by_open: fc.constant(0),
  });
}

const order = fc.constantFrom(':', '=', '!=', '<', '<=', '>', '>=');
const equality = fc.constantFrom(':', '=', '!=');
const date = fc.constantFrom(
  'now',
  'today',
  'tomorrow',
  '-1d',
  '+3w',
  '+1mo',
  '+1y',
  '-26h',
  '-90min',
  'tuesday',
  'sunday',
  'next friday',
  'this week',
  '"last week"',
  'next month',
  'year',
  'end of month',
  'start of next month',
  'today 10:30',
  '2026-03-10',
  '2026-03',
  '2026',
  '2026-03-10T09:30Z',
  'today..end of month',
  '2026-01-01..2026-03-10',
);
const day = fc.constantFrom(
  'today',
  'yesterday',
  '+3w',
  'this week',
  'end of month',
  '2026-04',
  '2026-03-31',
  '-1d..+30d',
);
const duration = fc.constantFrom('30m', '1h30m', '1d', 'PT24H', '2h', 'P2W');

function several(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    value,
    fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => `(${values.join(', ')})`),
  );
}

function compared(fields: string[], operator: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const withNone = fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant('none') });
  return fc.tuple(fc.constantFrom(...fields), operator, value, several(withNone)).map(([field, sign, one, set]) => {
    const { nullable } = FIELDS[field as keyof typeof FIELDS];
    const takesSet = [':', '=', '!='].includes(sign) && (nullable || !set.includes('none'));
    return `${field} ${sign} ${takesSet ? set : one}`;
  });
}

const condition = fc.oneof(
  compared(['due', 'created', 'updated', 'completed'], order, date),
  compared(['starts'], order, day),
  compared(['estimate', 'spent'], order, duration),
  compared(['priority'], order, fc.constantFrom(...TASK_PRIORITIES)),
  compared(['status'], equality, fc.constantFrom(...TASK_STATUSES)),
  compared(['tag'], equality, fc.constantFrom('errand', 'home', '"at work"', 'unused')),
  compared(['assignee'], equality, fc.constantFrom('me', 'Bob')),
  compared(['list'], equality, fc.constantFrom('Work', 'Garden')),
  compared(['title'], equality, fc.constantFrom('MILK', '"tea bre"', 'übung', 'ubu')),
  compared(['template'], equality, fc.constant(template)),
  fc.constantFrom(
    'open',
    'overdue',
    'blocked',
    'ready',
    '!blocked',
    '!ready',
    'recurring',
    'subtask',
    'parent:none',
    'parent != none',
  ),
  fc.constantFrom(
    '"milk"',
    '"tea mi"',
    '"ÜBU"',
    '"ubung"',
    '"nothing"',
    '"milk -tea"',
    '"-bread"',
    String.raw`"\"tea milk\""`,
    String.raw`"bread -\"tea ubung\""`,
    String.raw`"\"milk errand\" te"`,
    '"!!"',
  ),
);

const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    condition,
    tie('filter').map((inner) => `!(${inner})`),
    fc.tuple(tie('filter'), tie('filter')).map(([one, other]) => `(${one} & ${other})`),
    fc.tuple(tie('filter'), tie('filter')).map(([one, other]) => `${one} & ${other}`),
    fc.tuple(tie('filter'), tie('filter')).map(([one, other]) => `(${one} | ${other})`),
  ),
}));

test('SQL and memory agree on every filter', async () => {
  let matched = 0;
  await fc.assert(
    fc.asyncProperty(filter, fc.constantFrom('created_at', 'due_at', 'title'), async (text, order_by) => {
      const { node } = parseFilter(text);
      const meaning = {
        clock: { nowMs: NOW, zone: ZONE },
        lists: new Map([
          ['Work', [work]],
          ['Garden', [garden]],
        ]),
        members: new Map([
          ['me', [ada]],
          ['Bob', [bob]],
        ]),
      };
      const namesStatus = comparisonsOf(node).some(({ field }) => field === 'status');
      const expected = tasks
        .filter(({ status }) => namesStatus || !['archived', 'cancelled'].includes(status))
        .filter((task) => matches(node, task, meaning))
        .map(({ id }) => id);
      matched += expected.length > 0 && expected.length < tasks.length ? 1 : 0;
      const query = { filter: text, order_by, limit: 500, count: 'exact' } as const;
      const { items, page } = await find.findTasks(contextOf(WORKSPACE), query, { node, meaning });
      expect(items.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
      expect(page.total).toBe(expected.length);
    }),
    { numRuns: 400 },
  );
  expect(matched).toBeGreaterThan(100);
});
