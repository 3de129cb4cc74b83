// A caller that is limited to some lists: what lies in others is as if it were not there, in every use case.
import { DomainError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { TasksApi, TasksBusClient, type List, type Task } from '../contract/index.js';
import { contextOf, createTasksWorld, type TasksWorld } from '../testing/tasks-world.js';
import type { TasksUseCases } from './tasks-use-cases.js';

let world: TasksWorld;
let api: TasksUseCases;
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
  return (await api.createList(all, { title })).body;
}

async function task({ id }: List, title: string, more: object = {}): Promise<Task> {
  return (await api.createTask(all, { title, list_id: id, tags: [title], ...more })).body;
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

const titles = ({ items }: { items: { title: string }[] }): string[] => items.map(({ title }) => title);

/** For every method: what it answers for the caller's own list, and for another one. */
const METHODS: Record<keyof TasksApi, { own: () => Promise<string>; beyond: () => Promise<string>; expected: string }> =
  {
    createList: {
      own: async () => 'ok',
      beyond: () => codeOf(api.createList(limited, { title: 'New' })),
      expected: 'forbidden',
    },
    findLists: {
      own: async () => (titles(await api.findLists(limited, {})).includes('Mine') ? 'ok' : 'missing'),
      beyond: async () => titles(await api.findLists(limited, {})).join(),
      expected: 'Mine',
    },
    getList: {
      own: () => codeOf(api.getList(limited, mine.id)),
      beyond: () => codeOf(api.getList(limited, other.id)),
      expected: 'list_not_found',
    },
    updateList: {
      own: () => codeOf(api.updateList(limited, mine.id, { title: 'New' })),
      beyond: () => codeOf(api.updateList(limited, other.id, { title: 'New' })),
      expected: 'list_not_found',
    },
    replaceList: {
      own: () => codeOf(api.replaceList(limited, mine.id, { title: 'New' })),
      beyond: () => codeOf(api.replaceList(limited, other.id, { title: 'New' })),
      expected: 'list_not_found',
    },
    deleteList: {
      own: () => codeOf(api.deleteList(limited, mine.id, { tasks: 'delete' })),
      beyond: () => codeOf(api.deleteList(limited, other.id, { tasks: 'delete' })),
      expected: 'list_not_found',
    },
    findTasksOfList: {
      own: async () => (titles(await api.findTasksOfList(limited, mine.id, {})).length === 1 ? 'ok' : 'missing'),
      beyond: () => codeOf(api.findTasksOfList(limited, other.id, {})),
      expected: 'list_not_found',
    },
    createTask: {
      own: () => codeOf(api.createTask(limited, { title: 'New', list_id: mine.id })),
      beyond: () => codeOf(api.createTask(limited, { title: 'New', list_id: other.id })),
      expected: 'list_not_found',
    },
    findTasks: {
      own: async () => (titles(await api.findTasks(limited, {})).includes(myTask.title) ? 'ok' : 'missing'),
      beyond: async () => {
        const query = { q: 'shared', count: 'exact' as const };
        const { items, page } = await api.findTasks(limited, query);
        const named = await api.findTasks(limited, { ...query, list_id: other.id });
        return [titles({ items }), page.total, named.items.length, named.page.total].join();
      },
      expected: 'shared word mine,1,0,0',
    },
    getTask: {
      own: () => codeOf(api.getTask(limited, myTask.id)),
      beyond: () => codeOf(api.getTask(limited, otherTask.id)),
      expected: 'task_not_found',
    },
    updateTask: {
      own: () => codeOf(api.updateTask(limited, myTask.id, { title: 'New' })),
      beyond: () => codeOf(api.updateTask(limited, otherTask.id, { title: 'New' })),
      expected: 'task_not_found',
    },
    replaceTask: {
      own: () => codeOf(api.replaceTask(limited, myTask.id, { title: 'New', list_id: mine.id })),
      beyond: () => codeOf(api.replaceTask(limited, otherTask.id, { title: 'New', list_id: mine.id })),
      expected: 'task_not_found',
    },
    deleteTask: {
      own: () => codeOf(api.deleteTask(limited, myTask.id)),
      beyond: () => codeOf(api.deleteTask(limited, otherTask.id)),
      expected: 'task_not_found',
    },
    batchTasks: {
      own: () => codeOf(api.batchTasks(limited, { operations: [{ op: 'delete', id: myTask.id }] })),
      beyond: async () => {
        const { body } = await api.batchTasks(limited, {
          mode: 'each',
          operations: [
            { op: 'update', id: otherTask.id, patch: { title: 'New' } },
            { op: 'update', id: myTask.id, patch: { list_id: other.id } },
            { op: 'delete', id: otherTask.id },
            { op: 'create', task: { title: 'New', list_id: other.id } },
            { op: 'create', task: { title: 'New' } },
            { op: 'update', id: myTask.id, patch: { title: 'Fine' } },
          ],
        });
        return body.results.map(({ status, error }) => error?.code ?? status).join();
      },
      expected: 'task_not_found,list_not_found,task_not_found,list_not_found,forbidden,200',
    },
    findTags: {
      own: async () => ((await api.findTags(limited, {})).items.length === 1 ? 'ok' : 'missing'),
      beyond: async () => {
        const { items, page } = await api.findTags(limited, { count: 'exact' });
        return [...items.map(({ name }) => name), page.total].join();
      },
      expected: 'shared word mine,1',
    },
    renameTag: {
      own: async () => 'ok',
      beyond: () => codeOf(api.renameTag(limited, 'shared word mine', { name: 'new' })),
      expected: 'forbidden',
    },
    mergeTag: {
      own: async () => 'ok',
      beyond: () => codeOf(api.mergeTag(limited, 'shared word mine', { into: 'new' })),
      expected: 'forbidden',
    },
  };

describe('a caller that is limited to some lists', () => {
  test('is thought of in every method of the API', () => {
    const methods = Object.getOwnPropertyNames(TasksBusClient.prototype).filter((name) => name !== 'constructor');
    expect(Object.keys(METHODS).toSorted()).toEqual(methods.toSorted());
  });

  test.each(Object.keys(METHODS) as (keyof TasksApi)[])('%s reaches its own and nothing beyond', async (method) => {
    const { own, beyond, expected } = METHODS[method];
    expect(await beyond()).toBe(expected);
    expect(await api.getTask(all, otherTask.id)).toEqual(otherTask);
    expect((await api.getList(all, other.id)).version).toBe(other.version);
    expect(await own()).toBe('ok');
  });

  test('moves nothing out of its lists, nor below a task that it does not see', async () => {
    expect(await codeOf(api.updateTask(limited, myTask.id, { list_id: other.id }))).toBe('list_not_found');
    expect(await codeOf(api.updateTask(limited, myTask.id, { parent_id: otherTask.id }))).toBe('task_not_found');
    expect(await codeOf(api.updateTask(limited, myTask.id, { after: otherTask.id }))).toBe('validation_error');
    const below = { title: 'New', parent_id: otherTask.id };
    expect(await codeOf(api.createTask(limited, below))).toBe('task_not_found');
    expect(await codeOf(api.createTask(limited, { ...below, list_id: mine.id }))).toBe('task_not_found');
    expect(await codeOf(api.deleteList(limited, mine.id, { tasks: 'move', to: other.id }))).toBe('list_not_found');
    expect(await api.getTask(all, myTask.id)).toEqual(myTask);
  });

  test('deletes nothing with subtasks that it does not see', async () => {
    await task(other, 'Hidden', { parent_id: myTask.id });
    expect(await codeOf(api.deleteTask(limited, myTask.id))).toBe('forbidden');
    expect(await codeOf(api.deleteList(limited, mine.id, { tasks: 'delete' }))).toBe('forbidden');
    expect(await api.getTask(all, myTask.id)).toEqual(myTask);
  });

  test('makes no Inbox, and uses it only where it is theirs', async () => {
    expect(await codeOf(api.createTask(limited, { title: 'Inbox' }))).toBe('forbidden');
    expect(titles(await api.findLists(all, {}))).toEqual(['Mine', 'Other']);
    const { body } = await api.createTask(all, { title: 'Inbox' });
    expect(await codeOf(api.createTask(limited, { title: 'Inbox' }))).toBe('forbidden');
    const withInbox = { ...limited, principal: { ...limited.principal, listIds: [mine.id, body.list_id] } };
    expect(await codeOf(api.createTask(withInbox, { title: 'Inbox' }))).toBe('ok');
  });

  test('does not change a task that is moved away while the change is on its way', async () => {
    for (let round = 0; round < 20; round += 1) {
      const moving = await task(mine, `Moving ${round}`);
      const [, code] = await Promise.all([
        api.updateTask(all, moving.id, { list_id: other.id }),
        codeOf(api.updateTask(limited, moving.id, { description: 'by the limited one' })),
      ]);
      const { description, version } = await api.getTask(all, moving.id);
      // Before the move it may be changed, behind it is not there.
      expect([code, description, version]).toEqual(
        code === 'ok' ? ['ok', 'by the limited one', 3] : ['task_not_found', null, 2],
      );
    }
  });

  test('is not shown the stored answer to what it asked before it was limited', async () => {
    const key = { idempotencyKey: 'before' };
    const asked = { title: 'Before', list_id: other.id };
    await api.createTask({ ...all, ...key }, asked);
    const since = { ...all, ...key, principal: { ...all.principal, listIds: [mine.id] } };
    expect(await codeOf(api.createTask(since, asked))).toBe('idempotency_key_reused');
  });

  test('pages through several lists as through one', async () => {
    for (let n = 0; n < 7; n += 1) await task(n % 2 === 0 ? mine : other, `Task ${n}`);
    const found: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await api.findTasks(limited, { limit: 2, order_by: 'title', ...(cursor ? { cursor } : {}) });
      found.push(...titles(page));
      cursor = page.page.next_cursor;
    } while (cursor);
    expect(found).toEqual(['shared word mine', 'Task 0', 'Task 2', 'Task 4', 'Task 6']);
  });
});
