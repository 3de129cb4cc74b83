// A caller that is limited to some lists: what lies in others is as if it were not there, in every use case.
import { DomainError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List, Task } from '../contract/index.js';
import { contextOf, createTasksWorld, type TasksWorld, type TasksOperations } from '../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
/** Everything, and one list only. */
let all: CallContext;
let limited: CallContext;
let mine: List;
let other: List;
let myTask: Task;
let otherTask: Task;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());

beforeEach(async () => {
  all = contextOf(uuidv7());
  [mine, other] = [await list('Mine'), await list('Other')];
  [myTask, otherTask] = [await task(mine, 'shared word mine'), await task(other, 'shared word other')];
  limited = { ...all, principal: { ...all.principal, id: 'limited', listIds: [mine.id] } };
});

async function list(title: string): Promise<List> {
  return await api.createList({ title }, all);
}

async function task({ id }: List, title: string, more: object = {}): Promise<Task> {
  return await api.createTask({ title, list_id: id, tags: [title], ...more }, all);
}

/** Shared by one who sees everything. */
async function filter(text = 'open'): Promise<string> {
  return (await api.createFilter({ name: text, filter: text }, all)).id;
}

async function completions(text: string): Promise<string> {
  const { items } = (await api.explainFilter({ filter: text }, limited)).completions;
  return items.map((item) => item.text).join();
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/** @returns whether the tasks with these tags within reach, and no others, were completed. */
async function bulkComplete(tags: string[]): Promise<string> {
  const { results } = await api.changeTasks(
    { filter: `tag:(${tags.map((tag) => `"${tag}"`).join()})`, change: { action: 'complete' } },
    limited,
  );
  return results.map(({ id }) => id).join() === myTask.id ? 'ok' : 'beyond';
}

const titles = ({ items }: { items: { title: string }[] }): string[] => items.map(({ title }) => title);

function asUser(call: CallContext): CallContext {
  return { ...call, principal: { ...call.principal, kind: 'user', id: uuidv7() } };
}

/** For every method: what it answers for the caller's own list, and for another one. */
const METHODS: Record<
  keyof TasksOperations,
  { own: () => Promise<string>; beyond: () => Promise<string>; expected: string }
> = {
  createList: {
    own: async () => 'ok',
    beyond: () => codeOf(api.createList({ title: 'New' }, limited)),
    expected: 'forbidden',
  },
  findLists: {
    own: async () => (titles(await api.findLists({}, limited)).includes('Mine') ? 'ok' : 'missing'),
    beyond: async () => titles(await api.findLists({}, limited)).join(),
    expected: 'Mine',
  },
  getList: {
    own: () => codeOf(api.getList({ id: mine.id }, limited)),
    beyond: () => codeOf(api.getList({ id: other.id }, limited)),
    expected: 'list_not_found',
  },
  updateList: {
    own: () => codeOf(api.updateList({ id: mine.id, patch: { title: 'New' } }, limited)),
    beyond: () => codeOf(api.updateList({ id: other.id, patch: { title: 'New' } }, limited)),
    expected: 'list_not_found',
  },
  replaceList: {
    own: () => codeOf(api.replaceList({ id: mine.id, title: 'New' }, limited)),
    beyond: () => codeOf(api.replaceList({ id: other.id, title: 'New' }, limited)),
    expected: 'list_not_found',
  },
  deleteList: {
    own: () => codeOf(api.deleteList({ id: mine.id, tasks: 'delete' }, limited)),
    beyond: () => codeOf(api.deleteList({ id: other.id, tasks: 'delete' }, limited)),
    expected: 'list_not_found',
  },
  addFavorite: {
    own: () => codeOf(api.addFavorite({ id: mine.id }, asUser(limited))),
    beyond: () => codeOf(api.addFavorite({ id: other.id }, asUser(limited))),
    expected: 'list_not_found',
  },
  removeFavorite: {
    own: () => codeOf(api.removeFavorite({ id: mine.id }, asUser(limited))),
    beyond: () => codeOf(api.removeFavorite({ id: other.id }, asUser(limited))),
    expected: 'list_not_found',
  },
  findTasksOfList: {
    own: async () => (titles(await api.findTasksOfList({ id: mine.id }, limited)).length === 1 ? 'ok' : 'missing'),
    beyond: () => codeOf(api.findTasksOfList({ id: other.id }, limited)),
    expected: 'list_not_found',
  },
  getToday: {
    own: async () => 'ok',
    beyond: async () => String((await api.getToday({}, limited)).in_progress.total),
    expected: '0',
  },
  getWorkflow: {
    own: () => codeOf(api.getWorkflow({ id: mine.id }, limited)),
    beyond: () => codeOf(api.getWorkflow({ id: other.id }, limited)),
    expected: 'list_not_found',
  },
  replaceWorkflow: {
    own: () => codeOf(api.replaceWorkflow({ id: mine.id }, limited)),
    beyond: () => codeOf(api.replaceWorkflow({ id: other.id }, limited)),
    expected: 'list_not_found',
  },
  getTransitions: {
    own: () => codeOf(api.getTransitions({ id: myTask.id }, limited)),
    beyond: () => codeOf(api.getTransitions({ id: otherTask.id }, limited)),
    expected: 'task_not_found',
  },
  createTask: {
    own: () => codeOf(api.createTask({ title: 'New', list_id: mine.id }, limited)),
    beyond: () => codeOf(api.createTask({ title: 'New', list_id: other.id }, limited)),
    expected: 'list_not_found',
  },
  findTasks: {
    own: async () => (titles(await api.findTasks({}, limited)).includes(myTask.title) ? 'ok' : 'missing'),
    beyond: async () => {
      const query = { q: 'shared', count: 'exact' as const };
      const { items, page } = await api.findTasks(query, limited);
      const named = await api.findTasks({ ...query, list_id: other.id }, limited);
      return [titles({ items }), page.total, named.items.length, named.page.total].join();
    },
    expected: 'shared word mine,1,0,0',
  },
  getTask: {
    own: () => codeOf(api.getTask({ id: myTask.id }, limited)),
    beyond: () => codeOf(api.getTask({ id: otherTask.id }, limited)),
    expected: 'task_not_found',
  },
  updateTask: {
    own: () => codeOf(api.updateTask({ id: myTask.id, patch: { title: 'New' } }, limited)),
    beyond: () => codeOf(api.updateTask({ id: otherTask.id, patch: { title: 'New' } }, limited)),
    expected: 'task_not_found',
  },
  completeTask: {
    own: () => codeOf(api.completeTask({ id: myTask.id }, limited)),
    beyond: () => codeOf(api.completeTask({ id: otherTask.id }, limited)),
    expected: 'task_not_found',
  },
  reopenTask: {
    own: () => codeOf(api.reopenTask({ id: myTask.id }, limited)),
    beyond: () => codeOf(api.reopenTask({ id: otherTask.id }, limited)),
    expected: 'task_not_found',
  },
  moveTask: {
    own: () => codeOf(api.moveTask({ id: myTask.id, list_id: mine.id }, limited)),
    beyond: () => codeOf(api.moveTask({ id: myTask.id, list_id: other.id }, limited)),
    expected: 'list_not_found',
  },
  duplicateTask: {
    own: () => codeOf(api.duplicateTask({ id: myTask.id }, limited)),
    beyond: () => codeOf(api.duplicateTask({ id: otherTask.id }, limited)),
    expected: 'task_not_found',
  },
  changeTasks: {
    own: () => bulkComplete(['shared word mine']),
    beyond: () => bulkComplete(['shared word mine', 'shared word other']),
    expected: 'ok',
  },
  replaceTask: {
    own: () => codeOf(api.replaceTask({ id: myTask.id, title: 'New', list_id: mine.id }, limited)),
    beyond: () => codeOf(api.replaceTask({ id: otherTask.id, title: 'New', list_id: mine.id }, limited)),
    expected: 'task_not_found',
  },
  deleteTask: {
    own: () => codeOf(api.deleteTask({ id: myTask.id }, limited)),
    beyond: () => codeOf(api.deleteTask({ id: otherTask.id }, limited)),
    expected: 'task_not_found',
  },
  batchTasks: {
    own: () => codeOf(api.batchTasks({ operations: [{ op: 'delete', id: myTask.id }] }, limited)),
    beyond: async () => {
      const body = await api.batchTasks(
        {
          mode: 'each',
          operations: [
            { op: 'update', id: otherTask.id, patch: { title: 'New' } },
            { op: 'update', id: myTask.id, patch: { list_id: other.id } },
            { op: 'delete', id: otherTask.id },
            { op: 'create', task: { title: 'New', list_id: other.id } },
            { op: 'create', task: { title: 'New' } },
            { op: 'update', id: myTask.id, patch: { title: 'Fine' } },
          ],
        },
        limited,
      );
      return body.results.map(({ status, error }) => error?.code ?? status).join();
    },
    expected: 'task_not_found,list_not_found,task_not_found,list_not_found,forbidden,200',
  },
  createRelation: {
    own: async () => {
      const near = await task(mine, 'Near');
      return codeOf(api.createRelation({ id: myTask.id, kind: 'blocks', task_id: near.id }, limited));
    },
    beyond: async () => {
      const from = api.createRelation({ id: otherTask.id, kind: 'blocks', task_id: myTask.id }, limited);
      const to = api.createRelation({ id: myTask.id, kind: 'blocks', task_id: otherTask.id }, limited);
      return [await codeOf(from), await codeOf(to)].join();
    },
    expected: 'task_not_found,task_not_found',
  },
  findRelations: {
    own: () => codeOf(api.findRelations({ id: myTask.id }, limited)),
    beyond: () => codeOf(api.findRelations({ id: otherTask.id }, limited)),
    expected: 'task_not_found',
  },
  deleteRelation: {
    own: async () => {
      const near = await task(mine, 'Near');
      const { id } = await api.createRelation({ id: myTask.id, kind: 'blocks', task_id: near.id }, limited);
      return codeOf(api.deleteRelation({ id: myTask.id, relation_id: id }, limited));
    },
    beyond: () => codeOf(api.deleteRelation({ id: otherTask.id, relation_id: uuidv7() }, limited)),
    expected: 'task_not_found',
  },
  findTags: {
    own: async () => ((await api.findTags({}, limited)).items.length === 1 ? 'ok' : 'missing'),
    beyond: async () => {
      const { items, page } = await api.findTags({ count: 'exact' }, limited);
      return [...items.map(({ name }) => name), page.total].join();
    },
    expected: 'shared word mine,1',
  },
  renameTag: {
    own: async () => 'ok',
    beyond: () => codeOf(api.renameTag({ name: 'shared word mine', patch: { name: 'new' } }, limited)),
    expected: 'forbidden',
  },
  mergeTag: {
    own: async () => 'ok',
    beyond: () => codeOf(api.mergeTag({ name: 'shared word mine', into: 'new' }, limited)),
    expected: 'forbidden',
  },
  deleteTag: {
    own: async () => 'ok',
    beyond: () => codeOf(api.deleteTag({ name: 'shared word mine' }, limited)),
    expected: 'forbidden',
  },
  explainFilter: {
    own: async () => ((await completions('list:M')) === 'Mine' ? 'ok' : 'missing'),
    beyond: () => completions('list:O'),
    expected: '',
  },
  createFilter: {
    own: async () => 'ok',
    beyond: () => codeOf(api.createFilter({ name: 'New', filter: 'open' }, limited)),
    expected: 'forbidden',
  },
  findFilters: {
    own: async () => ((await api.findFilters({}, limited)).items.length === 0 ? 'ok' : 'missing'),
    beyond: async () => {
      await filter();
      const { items } = await api.findFilters({}, limited);
      for (const { id } of items) await api.deleteFilter({ id }, all);
      return String(items.length);
    },
    expected: '0',
  },
  getFilter: {
    own: async () => 'ok',
    beyond: async () => codeOf(api.getFilter({ id: await filter() }, limited)),
    expected: 'filter_not_found',
  },
  updateFilter: {
    own: async () => 'ok',
    beyond: async () => codeOf(api.updateFilter({ id: await filter(), patch: { name: 'New' } }, limited)),
    expected: 'filter_not_found',
  },
  replaceFilter: {
    own: async () => 'ok',
    beyond: async () => {
      const replacement = { name: 'New', filter: 'open', visibility: 'shared' as const };
      return codeOf(api.replaceFilter({ id: await filter(), ...replacement }, limited));
    },
    expected: 'filter_not_found',
  },
  deleteFilter: {
    own: async () => 'ok',
    beyond: async () => codeOf(api.deleteFilter({ id: await filter() }, limited)),
    expected: 'filter_not_found',
  },
  findTasksOfFilter: {
    own: async () => 'ok',
    beyond: async () => codeOf(api.findTasksOfFilter({ id: await filter('open') }, limited)),
    expected: 'filter_not_found',
  },
};

describe('a caller that is limited to some lists', () => {
  test('is thought of in every method of the API', () => {
    const methods = Object.keys(api);
    expect(Object.keys(METHODS).toSorted()).toEqual(methods.toSorted());
  });

  test.each(Object.keys(METHODS) as (keyof TasksOperations)[])(
    '%s reaches its own and nothing beyond',
    async (method) => {
      const { own, beyond, expected } = METHODS[method];
      expect(await beyond()).toBe(expected);
      expect(await api.getTask({ id: otherTask.id }, all)).toEqual(otherTask);
      expect((await api.getList({ id: other.id }, all)).version).toBe(other.version);
      expect(await own()).toBe('ok');
    },
  );

  test('moves nothing out of its lists, nor below a task that it does not see', async () => {
    expect(await codeOf(api.updateTask({ id: myTask.id, patch: { list_id: other.id } }, limited))).toBe(
      'list_not_found',
    );
    expect(await codeOf(api.updateTask({ id: myTask.id, patch: { parent_id: otherTask.id } }, limited))).toBe(
      'task_not_found',
    );
    expect(await codeOf(api.updateTask({ id: myTask.id, patch: { after: otherTask.id } }, limited))).toBe(
      'validation_error',
    );
    const below = { title: 'New', parent_id: otherTask.id };
    expect(await codeOf(api.createTask(below, limited))).toBe('task_not_found');
    expect(await codeOf(api.createTask({ ...below, list_id: mine.id }, limited))).toBe('task_not_found');
    expect(await codeOf(api.deleteList({ id: mine.id, tasks: 'move', to: other.id }, limited))).toBe('list_not_found');
    expect(await api.getTask({ id: myTask.id }, all)).toEqual(myTask);
  });

  test('deletes nothing with subtasks that it does not see', async () => {
    await task(other, 'Hidden', { parent_id: myTask.id });
    const parent = await api.getTask({ id: myTask.id }, all);
    expect(await codeOf(api.deleteTask({ id: myTask.id }, limited))).toBe('forbidden');
    expect(await codeOf(api.deleteList({ id: mine.id, tasks: 'delete' }, limited))).toBe('forbidden');
    expect(await api.getTask({ id: myTask.id }, all)).toEqual(parent);
  });

  test('makes no Inbox, and uses it only where it is theirs', async () => {
    expect(await codeOf(api.createTask({ title: 'Inbox' }, limited))).toBe('forbidden');
    expect(titles(await api.findLists({}, all))).toEqual(['Mine', 'Other']);
    const body = await api.createTask({ title: 'Inbox' }, all);
    expect(await codeOf(api.createTask({ title: 'Inbox' }, limited))).toBe('forbidden');
    const withInbox = { ...limited, principal: { ...limited.principal, listIds: [mine.id, body.list_id] } };
    expect(await codeOf(api.createTask({ title: 'Inbox' }, withInbox))).toBe('ok');
  });

  test('does not change a task that is moved away while the change is on its way', async () => {
    for (let round = 0; round < 20; round += 1) {
      const moving = await task(mine, `Moving ${round}`);
      const [, code] = await Promise.all([
        api.updateTask({ id: moving.id, patch: { list_id: other.id } }, all),
        codeOf(api.updateTask({ id: moving.id, patch: { description: 'by the limited one' } }, limited)),
      ]);
      const { description, version } = await api.getTask({ id: moving.id }, all);
      // Before the move it may be changed, behind it is not there.
      expect([code, description, version]).toEqual(
        code === 'ok' ? ['ok', 'by the limited one', 3] : ['task_not_found', null, 2],
      );
    }
  });

  test('is not shown the stored answer to what it asked before it was limited', async () => {
    const key = { idempotencyKey: 'before' };
    const asked = { title: 'Before', list_id: other.id };
    await api.createTask(asked, { ...all, ...key });
    const since = { ...all, ...key, principal: { ...all.principal, listIds: [mine.id] } };
    expect(await codeOf(api.createTask(asked, since))).toBe('idempotency_key_reused');
  });

  test('pages through several lists as through one', async () => {
    for (let n = 0; n < 7; n += 1) await task(n % 2 === 0 ? mine : other, `Task ${n}`);
    const found: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await api.findTasks({ limit: 2, order_by: 'title', ...(cursor ? { cursor } : {}) }, limited);
      found.push(...titles(page));
      cursor = page.page.next_cursor;
    } while (cursor);
    expect(found).toEqual(['shared word mine', 'Task 0', 'Task 2', 'Task 4', 'Task 6']);
  });
});
