// Whom a task can be given to.
import { DomainError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { Task } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksWorld, type TasksOperations } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let member: string;
let stranger: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(() => {
  me = contextOf(uuidv7());
  [member, stranger] = [uuidv7(), uuidv7()];
  world.strangers.add(stranger);
});

const make = async (assignee_id: string | null): Promise<Task> =>
  await api.createTask({ title: 'Task', assignee_id }, me);
const REFUSED = [{ field: 'assignee_id', code: 'not_found', issue: 'must be a member of the workspace' }];

async function faultsOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DomainError);
  return (error as DomainError).details;
}

test('a member, not a stranger, by every way', async () => {
  const task = await make(member);
  expect(task.assignee_id).toBe(member);
  expect(await faultsOf(make(stranger))).toEqual(REFUSED);
  expect(await faultsOf(make(stranger.toUpperCase()))).toEqual(REFUSED);
  expect(await faultsOf(api.updateTask({ id: task.id, patch: { assignee_id: stranger } }, me))).toEqual(REFUSED);
  const replacement = { title: 'Task', list_id: task.list_id, assignee_id: stranger };
  expect(await faultsOf(api.replaceTask({ id: task.id, ...replacement }, me))).toEqual(REFUSED);
  expect((await api.getTask({ id: task.id }, me)).version).toBe(1);
});

test('in a batch, the operation is named, and the others are done where the mode says so', async () => {
  const { id } = await make(null);
  const operations = [
    { op: 'update' as const, id, patch: { assignee_id: member } },
    { op: 'create' as const, task: { title: 'New', assignee_id: stranger } },
    { op: 'create' as const, task: { title: 'Other', assignee_id: member } },
  ];
  const [{ issue } = { issue: '' }] = REFUSED;
  const named = [{ field: 'operations[1].assignee_id', code: 'not_found', issue }];
  expect(await faultsOf(api.batchTasks({ mode: 'atomic', operations }, me))).toEqual(named);
  expect((await api.getTask({ id }, me)).assignee_id).toBeNull();
  const { results } = await api.batchTasks({ mode: 'each', operations }, me);
  expect(results.map(({ status }) => status)).toEqual([200, 422, 201]);
});

test('who has left keeps what they have, and is given nothing more', async () => {
  const task = await make(member);
  world.strangers.add(member);
  expect(await api.updateTask({ id: task.id, patch: { title: 'Renamed', assignee_id: member } }, me)).toMatchObject({
    version: 2,
  });
  expect(await faultsOf(make(member))).toEqual(REFUSED);
  expect((await api.updateTask({ id: task.id, patch: { assignee_id: null } }, me)).assignee_id).toBeNull();
  expect(await faultsOf(api.updateTask({ id: task.id, patch: { assignee_id: member } }, me))).toEqual(REFUSED);
});
