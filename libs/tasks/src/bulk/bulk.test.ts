// One change of all tasks that a filter finds.
import type { CallContext } from '@mono/contract';
import { callOperation } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import {
  MAX_TAGS,
  taskActionsOperations,
  type ChangedTask,
  type ChangedTasks,
  type ChangeTasks,
  type List,
  type Task,
} from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { occurrencesIn, recurrenceIn } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksWorld,
  insertTasks,
  taskSeed,
  type TasksOperations,
  type TasksWorld,
} from '../../testing/tasks-world.js';

type Asked = Pick<ChangeTasks, keyof ChangeTasks>;

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let list: List;
let other: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  list = await api.createList({ title: 'List' }, me);
  other = await api.createList({ title: 'Other' }, me);
});

const make = (title: string, more: object = {}): Promise<Task> =>
  api.createTask({ title, list_id: list.id, ...more }, me);
const get = ({ id }: { id: string }): Promise<Task> => api.getTask({ id }, me);

function bulk(asked: Asked, call = me): Promise<ChangedTasks> {
  return api.changeTasks(asked, call);
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code,
  );
}

async function eventsOf({ id }: { id: string }): Promise<string[]> {
  const rows = await world.database.query<{ version: number; subject: string }>(
    'SELECT version, subject FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY version',
    [id],
  );
  return rows.map(({ version, subject }) => `${version} ${subject.split('.').at(-1)}`);
}

async function codesOfMove(listId: string): Promise<(string | undefined)[]> {
  const asked = { filter: 'list:List & open', change: { patch: { list_id: listId } }, mode: 'each' } as const;
  return (await bulk(asked)).results.map(({ error }) => error?.code);
}

async function seedTasks(count: number): Promise<void> {
  const { workspaceId } = me.principal;
  await insertTasks(
    world.database,
    Array.from({ length: count }, () => taskSeed({ workspace_id: workspaceId, list_id: list.id })),
  );
}

function prioritise(priority: 'low' | 'high'): Promise<ChangedTasks> {
  return bulk({ filter: 'priority:medium', change: { patch: { priority } } });
}

describe('a bulk change', () => {
  test('changes each task that matches once, with its event, and says what it was', async () => {
    const one = await make('One', { tags: ['errand'] });
    const two = await make('Two', { tags: ['errand', 'home'], priority: 'urgent', due_on: '2026-05-08' });
    const rest = await make('Rest');
    const patch = { priority: 'urgent', due_at: '2026-05-09T10:00:00Z', due_on: null } as const;
    const answer = await bulk({ filter: 'tag:errand', change: { patch } });
    expect(answer).toMatchObject({ dry_run: false, matched: 2, changed: 2, refused: 0, subtasks: 0 });
    expect(answer.results).toEqual([
      {
        id: one.id,
        status: 200,
        previous_version: 1,
        version: 2,
        previous: { priority: 'medium', due_at: null },
        error: null,
      },
      {
        id: two.id,
        status: 200,
        previous_version: 1,
        version: 2,
        previous: { due_at: null, due_on: '2026-05-08' },
        error: null,
      },
    ]);
    expect(await get(two)).toMatchObject({ priority: 'urgent', due_at: '2026-05-09T10:00:00.000Z', due_on: null });
    expect(await eventsOf(one)).toEqual(['1 created', '2 updated']);
    expect(await get(rest)).toEqual(rest);
  });

  test('is reverted by a batch of its previous values', async () => {
    const tasks = [
      await make('One', { tags: ['a'] }),
      await make('Two', { status: 'in_progress', due_on: '2026-05-08' }),
    ];
    const patch = { list_id: other.id, status: 'done' as const, tags: ['b', 'c'], due_on: null };
    const { results } = await bulk({ filter: 'list:List', change: { patch } });
    const operations = results.map(({ id, version, previous }) => ({
      op: 'update' as const,
      id,
      patch: previous ?? {},
      if_match: version ?? 0,
    }));
    await api.batchTasks({ operations }, me);
    for (const task of tasks) {
      const { version: _version, updated_at: _at, ...content } = task;
      expect(await get(task)).toMatchObject(content);
    }
  });

  test('adds and removes tags', async () => {
    const one = await make('One', { tags: ['errand', 'home'] });
    const two = await make('Two', { tags: ['weekly', 'errand'] });
    const change = { add_tags: ['weekly'], remove_tags: ['home'] };
    expect(await bulk({ filter: 'tag:errand', change })).toMatchObject({ matched: 2, changed: 1 });
    expect((await get(one)).tags).toEqual(['errand', 'weekly']);
    expect(await get(two)).toEqual(two);
    const full = await make('Full', { tags: Array.from({ length: MAX_TAGS }, (_, index) => `t${index}`) });
    const answer = await bulk({ filter: 'list:List', change: { add_tags: ['new'] }, mode: 'each' });
    expect(answer).toMatchObject({ matched: 3, changed: 2, refused: 1 });
    expect(resultOf(answer, full)).toMatchObject({ status: 422, version: 1, error: { code: 'validation_error' } });
  });

  test('completes, with warnings of open blockers, and reopens what is closed', async () => {
    const [one, two] = [await make('One'), await make('Two', { status: 'in_progress' })];
    const cancelled = await make('Cancelled', { status: 'cancelled' });
    const blocker = await make('Blocker', { list_id: other.id });
    await api.createRelation({ id: blocker.id, kind: 'blocks', task_id: one.id }, me);
    const answer = await bulk({ filter: 'list:List', change: { action: 'complete' } });
    expect(resultOf(answer, one)).toMatchObject({
      status: 200,
      previous: { status: 'todo' },
      warnings: [{ code: 'blocked', task_ids: [blocker.id] }],
    });
    expect(resultOf(answer, two)).not.toHaveProperty('warnings');
    expect(await eventsOf(two)).toEqual(['1 created', '2 completed']);
    await api.updateTask({ id: two.id, patch: { status: 'blocked' } }, me);
    const reopened = await bulk({ filter: 'list:List & !status:archived', change: { action: 'reopen' } });
    expect(reopened).toMatchObject({ matched: 3, changed: 2 });
    expect(resultOf(reopened, two)).toMatchObject({ status: 200, version: 3, previous: {} });
    expect(await get(cancelled)).toMatchObject({ status: 'todo', version: 2 });
  });

  test('changes nothing where nothing matches', async () => {
    const answer = await bulk({ filter: 'tag:nowhere', change: { action: 'delete' } });
    expect(answer).toEqual({ dry_run: false, matched: 0, changed: 0, refused: 0, subtasks: 0, results: [] });
  });

  test('sees a task of a template as recurrence would see each change of a user', async () => {
    const occurrences = occurrencesIn(list.id, 2);
    await world.occurrences().materialise(recurrenceIn(me.principal.workspaceId), { occurrences });
    const change = { patch: { priority: 'urgent' } } as const;
    const answer = await bulk({ filter: 'recurring', occurrences: 'all', change });
    expect(answer).toMatchObject({ matched: 2, changed: 2 });
    const rows = await world.database.query<{ overridden: string[] }>(
      'SELECT overridden FROM tasks.task WHERE id = ANY($1)',
      [occurrences.map(({ task_id: id }) => id)],
    );
    expect(rows).toEqual([{ overridden: ['priority'] }, { overridden: ['priority'] }]);
  });
});

describe('subtasks', () => {
  test('go into the trash with what is above them, and return with one restore', async () => {
    const root = await make('Root', { tags: ['old'] });
    const middle = await make('Middle', { parent_id: root.id });
    const deep = await make('Deep', { parent_id: middle.id, tags: ['old'] });
    const lone = await make('Lone', { tags: ['old'] });
    const answer = await bulk({ filter: 'tag:old', change: { action: 'delete' } });
    expect(answer).toMatchObject({ matched: 3, changed: 3, subtasks: 1 });
    for (const task of [root, deep, lone])
      expect(resultOf(answer, task)).toEqual({
        id: task.id,
        status: 204,
        previous_version: 1,
        version: null,
        previous: null,
        error: null,
      });
    for (const task of [root, middle, deep, lone]) expect(await eventsOf(task)).toEqual(['1 created', '2 deleted']);
    await world.trash().restoreFromTrash({ id: root.id }, me);
    expect(await get(deep)).toMatchObject({ parent_id: middle.id, version: 3 });
    expect(await codeOf(get(lone))).toBe('task_not_found');
  });

  test('move with what is above them, each once', async () => {
    const root = await make('Root', { tags: ['old'] });
    const middle = await make('Middle', { parent_id: root.id, tags: ['old'] });
    const deep = await make('Deep', { parent_id: middle.id });
    const patch = { list_id: other.id, priority: 'low' } as const;
    const answer = await bulk({ filter: 'tag:old', change: { patch } });
    expect(answer).toMatchObject({ matched: 2, changed: 2, subtasks: 1 });
    for (const task of [root, middle]) expect(await get(task)).toMatchObject({ ...patch, version: 2 });
    expect(await get(middle)).toMatchObject({ parent_id: root.id });
    expect(await get(deep)).toMatchObject({ list_id: other.id, priority: 'medium', version: 2 });
    await bulk({ filter: 'tag:old', change: { patch: { list_id: list.id, move_subtasks: false } } });
    expect(await get(middle)).toMatchObject({ list_id: list.id });
    expect(await get(deep)).toMatchObject({ list_id: other.id });
  });

  test.each(['complete', 'refuse'] as const)(
    'are completed before what is above them, where the list is to %s',
    async (ruling) => {
      await api.updateList({ id: list.id, patch: { on_complete_with_subtasks: ruling } }, me);
      const root = await make('Root');
      const child = await make('Child', { parent_id: root.id });
      const answer = await bulk({ filter: 'list:List', change: { action: 'complete' } });
      expect(answer).toMatchObject({ matched: 2, changed: 2, refused: 0 });
      for (const task of [root, child]) expect(await eventsOf(task)).toEqual(['1 created', '2 completed']);
    },
  );

  test('count for the limit', async () => {
    const root = await make('Root', { tags: ['old'] });
    await make('Below', { parent_id: root.id });
    const asked = { filter: 'tag:old', change: { action: 'delete' }, limit: 1 } as const;
    await expect(bulk(asked)).rejects.toMatchObject({ code: 'too_many_tasks', details: { limit: 1, tasks: 2 } });
    expect(await codeOf(bulk({ ...asked, limit: 2 }))).toBe('ok');
  });
});

describe('a refusal', () => {
  let first: Task;
  let second: Task;
  let done: Task;

  beforeEach(async () => {
    first = await make('First');
    second = await make('Second');
    done = await make('Done', { status: 'done' });
    await api.replaceWorkflow({ id: list.id, wip_limits: { in_progress: 1 } }, me);
  });
  const change = { patch: { status: 'in_progress' } } as const;

  test('of one task leaves all as they are', async () => {
    await expect(bulk({ filter: 'list:List', change })).rejects.toMatchObject({
      code: 'tasks_refused',
      details: { refused: 2, matched: 3, tasks: [{ id: second.id, code: 'wip_limit_exceeded' }, { id: done.id }] },
    });
    for (const task of [first, second, done]) {
      expect(await get(task)).toEqual(task);
      expect(await eventsOf(task)).toEqual(['1 created']);
    }
  });

  test('concerns that task alone with each', async () => {
    const answer = await bulk({ filter: 'list:List', change, mode: 'each' });
    expect(answer).toMatchObject({ matched: 3, changed: 1, refused: 2 });
    expect(resultOf(answer, second)).toEqual({
      id: second.id,
      status: 409,
      previous_version: 1,
      version: 1,
      previous: null,
      error: {
        code: 'wip_limit_exceeded',
        message: expect.any(String) as string,
        details: { list_id: list.id, status: 'in_progress', limit: 1 },
      },
    });
    expect(await get(first)).toMatchObject({ status: 'in_progress', version: 2 });
  });

  test('is told by a dry run, which changes nothing', async () => {
    const rehearsal = await bulk({ filter: 'list:List', change, dry_run: true });
    expect(rehearsal).toMatchObject({ dry_run: true, matched: 3, changed: 1, refused: 2 });
    expect(resultOf(rehearsal, first)).toMatchObject({ previous_version: 1, version: 2 });
    for (const task of [first, second, done]) {
      expect(await get(task)).toEqual(task);
      expect(await eventsOf(task)).toEqual(['1 created']);
    }
    const { results, ...counts } = await bulk({ filter: 'list:List', change, mode: 'each' });
    expect({ ...counts, results, dry_run: true }).toEqual(rehearsal);
  });

  test('of an archived list, of unique titles and of a missing list is one per task', async () => {
    const strict = await api.createList({ title: 'Strict', title_policy: 'unique' }, me);
    await api.createTask({ title: 'Second', list_id: strict.id }, me);
    expect(await codesOfMove(uuidv7())).toEqual(['list_not_found', 'list_not_found']);
    await api.updateList({ id: other.id, patch: { archived: true } }, me);
    expect(await codesOfMove(other.id)).toEqual(['list_archived', 'list_archived']);
    expect(await codesOfMove(strict.id)).toEqual([undefined, 'duplicate_task']);
  });
});

describe('the limit', () => {
  test('is 100 by default; with more, nothing is changed and the number is told', async () => {
    const seeds = Array.from({ length: 101 }, () =>
      taskSeed({ workspace_id: me.principal.workspaceId, list_id: list.id }),
    );
    await insertTasks(world.database, seeds);
    const asked: Asked = { filter: 'list:List', change: { patch: { priority: 'high' } } };
    const refusal = { code: 'too_many_tasks', details: { limit: 100, tasks: 101 } };
    await expect(bulk(asked)).rejects.toMatchObject(refusal);
    await expect(bulk({ ...asked, dry_run: true })).rejects.toMatchObject(refusal);
    expect((await api.findTasks({ filter: 'priority:high', count: 'exact' }, me)).page.total).toBe(0);
    expect(await bulk({ ...asked, limit: 101 })).toMatchObject({ matched: 101, changed: 101 });
  });

  test('is 1,000 at most, of which each is changed once', async () => {
    const seeds = Array.from({ length: 1000 }, () =>
      taskSeed({ workspace_id: me.principal.workspaceId, list_id: list.id }),
    );
    await insertTasks(world.database, seeds);
    const answer = await bulk({ filter: 'list:List', change: { action: 'complete' }, limit: 1000 });
    expect(answer).toMatchObject({ matched: 1000, changed: 1000, refused: 0 });
    expect(new Set(answer.results.map(({ id }) => id)).size).toBe(1000);
    const [events] = await world.database.query<{ count: number; tasks: number }>(
      `SELECT count(*)::int AS count, count(DISTINCT aggregate_id)::int AS tasks FROM tasks.outbox WHERE aggregate_id = ANY($1)`,
      [seeds.map(({ id }) => id)],
    );
    expect(events).toEqual({ count: 1000, tasks: 1000 });
    const deleted = await bulk({ filter: 'list:List', change: { action: 'delete' }, limit: 1000 });
    expect(deleted).toMatchObject({ matched: 1000, changed: 1000, refused: 0 });
  });
});

describe('two at once', () => {
  test('never change a task that does not match any more', async () => {
    await seedTasks(30);
    const answers = await Promise.all([prioritise('low'), prioritise('high'), prioritise('low')]);
    expect(answers.map(({ changed }) => changed).toSorted((one, more) => one - more)).toEqual([0, 0, 30]);
    const { items } = await api.findTasks({ limit: 100 }, me);
    expect(items.map(({ version }) => version)).toEqual(items.map(() => 2));
  });

  test('leave out a task that stops to match while they wait for it', async () => {
    const [one, two, three] = [await make('One'), await make('Two'), await make('Three')];
    let started: Promise<ChangedTasks> | undefined;
    await world.database.transaction(async (on) => {
      for (const { id } of [one, two]) {
        const priority = id === one.id ? 'low' : 'medium';
        await on.query('UPDATE tasks.task SET priority = $2, version = version + 1 WHERE id = $1', [id, priority]);
      }
      started = bulk({ filter: 'priority:medium', change: { add_tags: ['new'] } });
      started.catch(() => undefined);
      await untilBlocked(world.database);
    });
    expect((await started)?.results).toMatchObject([
      { id: two.id, previous_version: 2, version: 3 },
      { id: three.id, previous_version: 1, version: 2 },
    ]);
    expect(await get(one)).toMatchObject({ version: 2, tags: [] });
  });

  test('with single changes and batches, each is done or refused', async () => {
    await seedTasks(20);
    const { items } = await api.findTasks({ limit: 100 }, me);
    const attempts = items.flatMap(({ id }, index) => [
      api.updateTask({ id, patch: { description: 'Changed' } }, me),
      ...(index % 5 === 0
        ? [
            bulk({ filter: 'list:List', change: { patch: { list_id: other.id } } }),
            bulk({ filter: 'list:Other', change: { patch: { list_id: list.id } } }),
            bulk({ filter: 'priority:medium', change: { add_tags: [`t${index}`] } }),
            api.batchTasks(
              { operations: items.toReversed().map((task) => ({ op: 'update', id: task.id, patch: { tags: [] } })) },
              me,
            ),
          ]
        : []),
    ]);
    const refused = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'rejected');
    expect(refused).toEqual([]);
    for (const task of items) {
      const versions = (await eventsOf(task)).map((event) => Number(event.split(' ')[0]));
      const { version } = await get(task);
      expect(versions).toEqual(Array.from({ length: version - 1 }, (_, index) => index + 2));
    }
  });
});

describe('a caller', () => {
  test('of another workspace changes nothing here', async () => {
    const task = await make('Task', { tags: ['shared'] });
    const stranger = contextOf(uuidv7());
    expect(await bulk({ filter: 'tag:shared', change: { action: 'delete' } }, stranger)).toMatchObject({ matched: 0 });
    expect(await codeOf(bulk({ filter: 'list:List', change: { action: 'delete' } }, stranger))).toBe(
      'validation_error',
    );
    expect(await get(task)).toEqual(task);
  });

  test('who is limited to some lists changes the tasks of these alone', async () => {
    const near = await make('Near', { tags: ['old'] });
    const far = await make('Far', { tags: ['old'], list_id: other.id });
    const limited = { ...me, principal: { ...me.principal, listIds: [list.id] } };
    const away = { filter: 'tag:old', change: { patch: { list_id: other.id } }, mode: 'each' } as const;
    expect((await bulk(away, limited)).results).toMatchObject([{ id: near.id, error: { code: 'list_not_found' } }]);
    await make('Below', { parent_id: near.id, list_id: other.id });
    const deletion = { filter: 'tag:old', change: { action: 'delete' }, mode: 'each' } as const;
    expect((await bulk(deletion, limited)).results).toMatchObject([{ id: near.id, error: { code: 'forbidden' } }]);
    expect(await bulk({ filter: 'tag:old', change: { action: 'complete' } }, limited)).toMatchObject({ changed: 1 });
    expect(await get(far)).toEqual(far);
  });

  test('has one effect with one Idempotency-Key, and a dry run does not use it', async () => {
    const task = await make('Task', { tags: ['old'] });
    const call = { ...me, idempotencyKey: 'once' };
    const asked: Asked = { filter: 'tag:old', change: { add_tags: ['new'] } };
    await bulk({ ...asked, dry_run: true }, call);
    const bus = world.bus();
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => callOperation(bus, taskActionsOperations.changeTasks, asked, call)),
    );
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await get(task)).toMatchObject({ version: 2, tags: ['old', 'new'] });
    expect(await codeOf(bulk({ ...asked, limit: 5 }, call))).toBe('idempotency_key_reused');
  });
});

test.each<[Asked['change'], string]>([
  [{}, 'empty_update'],
  [{ action: 'complete', patch: { priority: 'low' } }, 'validation_error'],
  [{ patch: { tags: [] }, add_tags: ['a'] }, 'validation_error'],
  [{ patch: { assignee_id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' } }, 'tasks_refused'],
])('the change %j is %s', async (change, code) => {
  world.strangers.add('0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f');
  await make('Task');
  expect(await codeOf(bulk({ filter: 'list:List', change }))).toBe(code);
});

function resultOf({ results }: ChangedTasks, { id }: Task): ChangedTask | undefined {
  return results.find((result) => result.id === id);
}
