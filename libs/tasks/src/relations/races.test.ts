// Several at once over the same tasks: what they leave is as if they had come one after the other.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { RelationKind, Task } from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { callers, codeOf, namesOf } from '../../testing/trash.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let tasks: [Task, Task, Task, Task];

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  ({ me } = callers());
  const made = [];
  for (const title of ['A', 'B', 'C', 'D']) made.push(await api.createTask({ title }, me));
  tasks = made as typeof tasks;
});

const relate = (from: Task, kind: RelationKind, to: Task): Promise<string> =>
  codeOf(api.createRelation({ id: from.id, kind, task_id: to.id }, me));

/** Starts all of `works` while these tasks are locked. */
async function together<T>(held: readonly Task[], ...works: (() => Promise<T>)[]): Promise<T[]> {
  const started: Promise<T>[] = [];
  const hold = (on: Executor) =>
    on.query('SELECT FROM tasks.task WHERE id = ANY($1::uuid[]) FOR UPDATE', [held.map(({ id }) => id)]);
  await world.database.transaction(async (on) => {
    await hold(on);
    for (const work of works) {
      const one = work();
      one.catch(() => undefined);
      started.push(one);
      await untilBlocked(world.database, started.length);
    }
  });
  return Promise.all(started);
}

async function links(): Promise<[string, string][]> {
  const rows = await world.database.query<{ task_id: string; other_id: string }>(
    'SELECT task_id, other_id FROM tasks.relation WHERE workspace_id = $1',
    [me.principal.workspaceId],
  );
  return rows.map(({ task_id, other_id }) => [task_id, other_id]);
}

test('of two tasks that are to block each other, one does', async () => {
  const [a, b] = tasks;
  const codes = await together(
    [a, b],
    () => relate(a, 'blocks', b),
    () => relate(b, 'blocks', a),
  );
  expect(codes.toSorted()).toEqual(['blocking_cycle', 'ok']);
  expect(await links()).toHaveLength(1);
});

test('of two relations between different tasks that are a circle together, one is created', async () => {
  const [a, b, c, d] = tasks;
  await relate(a, 'blocks', b);
  await relate(c, 'blocks', d);
  for (let round = 0; round < 5; round += 1) {
    const codes = await together(
      [b, d],
      () => relate(b, 'blocks', c),
      () => relate(d, 'blocks', a),
    );
    expect(codes.toSorted()).toEqual(['blocking_cycle', 'ok']);
    const [from, to] = codes[0] === 'ok' ? [b, c] : [d, a];
    const { items } = await api.findRelations({ id: from.id, kind: 'blocks' }, me);
    const created = items.find(({ task }) => task.id === to.id);
    await api.deleteRelation({ id: from.id, relation_id: created?.id ?? '' }, me);
  }
});

test('whatever is asked for at once, each two tasks block one way and nothing blocks itself', async () => {
  const pairs = tasks.flatMap((from) => tasks.flatMap((to) => (from === to ? [] : [[from, to] as const])));
  const codes = await Promise.all(pairs.map(([from, to]) => relate(from, 'blocks', to)));
  expect(new Set(codes)).toEqual(new Set(['ok', 'blocking_cycle']));
  const made = await links();
  expect(made).toHaveLength(pairs.length / 2);
  // Without a circle, the tasks have an order: each blocks a different number of others.
  const counts = tasks.map(({ id }) => made.filter(([from]) => from === id).length);
  expect(counts.toSorted((one, next) => one - next)).toEqual([0, 1, 2, 3]);
});

test('the same relation is created once', async () => {
  const [a, b] = tasks;
  const codes = await together(
    [a],
    () => relate(a, 'relates_to', b),
    () => relate(b, 'relates_to', a),
  );
  expect(codes.toSorted()).toEqual(['duplicate_relation', 'ok']);
  expect(await namesOf(world, a.id)).toEqual(['created', 'related']);
});

test('a relation is deleted once', async () => {
  const [a, b] = tasks;
  const { id } = await api.createRelation({ id: a.id, kind: 'blocks', task_id: b.id }, me);
  const codes = await together(
    [b],
    () => codeOf(api.deleteRelation({ id: a.id, relation_id: id }, me)),
    () => codeOf(api.deleteRelation({ id: b.id, relation_id: id }, me)),
  );
  expect(codes.toSorted()).toEqual(['ok', 'relation_not_found']);
  expect(await namesOf(world, b.id)).toEqual(['created', 'related', 'unrelated']);
});

test.each(['false', 'true'] as const)(
  'a task that is deleted while it is related (permanent: %s)',
  async (permanent) => {
    const [a, b] = tasks;
    const works = [() => relate(a, 'blocks', b), () => codeOf(api.deleteTask({ id: b.id, permanent }, me))];
    for (const started of [works, works.toReversed()]) {
      const codes = await together([b], ...started);
      const [related, deleted] = started === works ? codes : codes.toReversed();
      expect(deleted).toBe('ok');
      expect(['ok', 'task_not_found']).toContain(related);
      expect((await links()).length).toBe(related === 'ok' && permanent === 'false' ? 1 : 0);
      expect((await api.findRelations({ id: a.id }, me)).items).toEqual([]);
      if (permanent === 'true') break;
      await world.trash().restoreFromTrash({ id: b.id }, me);
      const { items } = await api.findRelations({ id: a.id }, me);
      expect(items).toHaveLength(related === 'ok' ? 1 : 0);
      for (const { id } of items) await api.deleteRelation({ id: a.id, relation_id: id }, me);
    }
  },
);

test('two tasks that are purged at once take their relation with them', async () => {
  const [a, b, c] = tasks;
  await relate(a, 'blocks', b);
  await relate(b, 'blocks', c);
  await relate(a, 'blocks', c);
  const trash = world.trash();
  for (const { id } of [a, b]) await api.deleteTask({ id }, me);
  await Promise.all([a, b].map(({ id }) => trash.deleteFromTrash({ id }, me)));
  expect(await links()).toEqual([]);
  expect(await api.getTask({ id: c.id }, me)).toMatchObject({ version: 3 });
});
