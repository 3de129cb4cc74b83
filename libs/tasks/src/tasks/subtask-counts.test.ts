// The number of subtasks that a task shows.
import { clientOf, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { tasksResources, type BatchOperation, type List, type Task } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let list: List;
let other: List;
let root: Task;
let child: Task;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  list = await api.createList({ title: 'List' }, me);
  other = await api.createList({ title: 'Other' }, me);
  root = await make('Root');
  child = await make('Child', { parent_id: root.id });
  await make('Below', { parent_id: child.id });
});

const make = (title: string, more: object = {}): Promise<Task> =>
  api.createTask({ title, list_id: list.id, ...more }, me);
const countsOf = async ({ id } = root): Promise<string> => shown(await api.getTask({ id }, me));
const shown = ({ subtask_counts: { open, done } }: Task): string => `${open} open ${done} done`;
const update = ({ id }: Task, patch: object): BatchOperation => ({ op: 'update', id, patch });

async function batch(...operations: BatchOperation[]): Promise<(Task | null)[]> {
  const { results } = await api.batchTasks({ operations }, me);
  return results.map(({ task }) => task);
}

test('a new task has none, and a parent its direct ones, in any list', async () => {
  expect([shown(root), shown(child)]).toEqual(['0 open 0 done', '0 open 0 done']);
  expect(await countsOf()).toBe('1 open 0 done');
  await make('Elsewhere', { parent_id: root.id, list_id: other.id, status: 'done' });
  await make('Put away', { parent_id: root.id, status: 'archived' });
  expect(await countsOf()).toBe('1 open 1 done');
  // Nothing has happened to the task itself.
  expect(await api.getTask({ id: root.id }, me)).toMatchObject({ version: 1, updated_at: root.updated_at });
});

test('it follows whatever becomes of them', async () => {
  const steps: [() => Promise<unknown>, string][] = [
    [() => api.updateTask({ id: child.id, patch: { status: 'blocked' } }, me), '1 open 0 done'],
    [() => api.completeTask({ id: child.id }, me), '0 open 1 done'],
    [() => api.updateTask({ id: child.id, patch: { status: 'cancelled' } }, me), '0 open 0 done'],
    [() => api.reopenTask({ id: child.id }, me), '1 open 0 done'],
    [() => api.moveTask({ id: child.id, list_id: other.id }, me), '1 open 0 done'],
    [() => api.deleteTask({ id: child.id }, me), '0 open 0 done'],
    [() => world.trash().restoreFromTrash({ id: child.id }, me), '1 open 0 done'],
    [() => api.moveTask({ id: child.id, parent_id: null }, me), '0 open 0 done'],
  ];
  for (const [step, counts] of steps) {
    await step();
    expect(await countsOf()).toBe(counts);
  }
});

test('every answer with the task shows it', async () => {
  const resources = clientOf(world.bus(), tasksResources);
  const asked = { ids: [root.id], workspace_id: me.principal.workspaceId, list_ids: null };
  const { items } = await resources.taskResources(asked, { requestId: 'test' });
  const found = async (query: object): Promise<Task[]> =>
    (await api.findTasks({ q: 'Root', ...query }, me)).items.filter(({ id }) => id === root.id);
  const answers = [
    ...(await found({ order_by: 'title' })),
    ...(await found({ order_by: 'completed_at', order_dir: 'desc' })),
    ...(items as Task[]),
    await api.updateTask({ id: root.id, patch: { title: 'Root 2' } }, me),
    await api.replaceTask({ id: root.id, title: 'Root 3', list_id: list.id }, me),
    ...(await batch(update(root, { title: 'Root 4' }))),
    await api.duplicateTask({ id: root.id }, me),
    await api.moveTask({ id: root.id, list_id: other.id }, me),
  ];
  expect(answers.map((task) => task && shown(task))).toEqual(answers.map(() => '1 open 0 done'));
  expect(answers).toHaveLength(8);
});

test('a batch shows it as it is at its end', async () => {
  const [first] = await batch(update(root, { title: 'New' }), update(child, { status: 'done' }));
  expect(first && shown(first)).toBe('0 open 1 done');
  const added: BatchOperation = { op: 'create', task: { title: 'Second', parent_id: root.id } };
  const [second] = await batch(update(root, { title: 'Newer' }), added);
  expect(second && shown(second)).toBe('1 open 1 done');
  const [third] = await batch(update(root, { title: 'Newest' }), { op: 'delete', id: child.id });
  expect(third && shown(third)).toBe('1 open 0 done');
});

test('a task that is completed with its subtasks shows them done', async () => {
  await api.updateList({ id: list.id, patch: { on_complete_with_subtasks: 'complete' } }, me);
  expect(shown(await api.completeTask({ id: root.id }, me))).toBe('0 open 1 done');
});
