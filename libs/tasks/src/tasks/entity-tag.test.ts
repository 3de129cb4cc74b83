// A task's entity tag over HTTP: it moves with the time measured, while only its version guards writes.
import { Bus } from '@mono/bus';
import { restController } from '@mono/edge';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '@mono/edge/testing';
import { TEST_PRINCIPAL } from '@mono/platform/testing';
import { relationsOperations, tasksOperations, type Task } from '../../contract/index.js';
import { createTasksWorld, insertList, type TasksWorld } from '../../testing/tasks-world.js';
import { takeActualDuration } from './take-actual-duration.js';

const { workspaceId } = TEST_PRINCIPAL;
let world: TasksWorld;
let application: TestApplication;
let task: Task;

beforeAll(async () => {
  world = await createTasksWorld();
  const providers = [{ provide: Bus, useValue: world.bus() }];
  const controllers = [restController(tasksOperations), restController(relationsOperations)];
  application = await startTestApplication({ controllers, providers });
});
afterAll(async () => {
  await application?.close();
  await world?.end();
});
beforeEach(async () => {
  const list_id = await insertList(world.database, workspaceId);
  ({ body: task } = await call('POST', '', {}, { title: 'Paint', list_id }));
});

async function call(method: string, path: string, headers: Record<string, string> = {}, body?: object) {
  const response = await fetch(`${application.url}/v1/tasks${path}`, {
    method,
    headers: { authorization: TEST_CREDENTIAL, 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const read = (text === '' ? undefined : JSON.parse(text)) as Task;
  return { status: response.status, tag: response.headers.get('etag'), body: read };
}

const take = (version: number, duration: string): Promise<void> =>
  takeActualDuration(world.database, { taskId: task.id, workspaceId, version, duration });

test('without any time measured it is the version', async () => {
  expect(await call('GET', `/${task.id}`)).toMatchObject({ status: 200, tag: '"1"' });
});

test('a conditional read answers 304 until time is measured, and then the task', async () => {
  await take(1, 'PT1H');
  const anew = await call('GET', `/${task.id}`, { 'if-none-match': '"1"' });
  expect(anew).toMatchObject({ status: 200, tag: '"1.1"', body: { actual_duration: 'PT1H' } });
  expect((await call('GET', `/${task.id}`, { 'if-none-match': '"1.1"' })).status).toBe(304);
  await take(3, 'PT3H');
  const later = await call('GET', `/${task.id}`, { 'if-none-match': '"1.1"' });
  expect(later).toMatchObject({ status: 200, tag: '"1.3"', body: { actual_duration: 'PT3H' } });
});

test.each(['"1"', '"1.1"', '"1.2"'])('If-Match: %s guards by the version alone', async (tag) => {
  await take(2, 'PT2H');
  const changed = await call('PATCH', `/${task.id}`, { 'if-match': tag }, { title: 'Varnish' });
  expect(changed).toMatchObject({ status: 200, tag: '"2.2"', body: { actual_duration: 'PT2H', version: 2 } });
  const late = await call('DELETE', `/${task.id}`, { 'if-match': tag });
  expect(late.status).toBe(412);
});

test('PUT tells the tag as well', async () => {
  await take(2, 'PT2H');
  const body = { title: 'Varnish', list_id: task.list_id };
  expect(await call('PUT', `/${task.id}`, { 'if-match': '"1.2"' }, body)).toMatchObject({ status: 200, tag: '"2.2"' });
});

describe('with open blockers', () => {
  let blocker: Task;

  beforeEach(async () => {
    ({ body: blocker } = await call('POST', '', {}, { title: 'Buy paint', list_id: task.list_id }));
    await call('POST', `/${blocker.id}/relations`, {}, { kind: 'blocks', task_id: task.id });
  });

  test('a conditional read answers 304 until a blocker is closed, and then the task', async () => {
    expect(await call('GET', `/${task.id}`)).toMatchObject({ tag: '"2.0.1"', body: { blocked_by_open: 1 } });
    expect((await call('GET', `/${task.id}`, { 'if-none-match': '"2.0.1"' })).status).toBe(304);
    await call('PATCH', `/${blocker.id}`, {}, { status: 'done' });
    const anew = await call('GET', `/${task.id}`, { 'if-none-match': '"2.0.1"' });
    expect(anew).toMatchObject({ status: 200, tag: '"2"', body: { blocked_by_open: 0 } });
    await call('PATCH', `/${blocker.id}`, {}, { status: 'todo' });
    await take(7, 'PT1H');
    expect(await call('GET', `/${task.id}`, { 'if-none-match': '"2"' })).toMatchObject({ status: 200, tag: '"2.7.1"' });
  });

  test.each(['"2"', '"2.0.1"', '"2.0.9"'])('If-Match: %s guards by the version alone', async (tag) => {
    const changed = await call('PATCH', `/${task.id}`, { 'if-match': tag }, { title: 'Varnish' });
    expect(changed).toMatchObject({ status: 200, tag: '"3.0.1"' });
    expect((await call('DELETE', `/${task.id}`, { 'if-match': tag })).status).toBe(412);
  });

  test('a relation is a change: If-Match of the time before it is refused', async () => {
    expect((await call('PATCH', `/${task.id}`, { 'if-match': '"1"' }, { title: 'Varnish' })).status).toBe(412);
  });
});

describe('with subtasks', () => {
  let subtask: Task;

  beforeEach(async () => {
    ({ body: subtask } = await call('POST', '', {}, { title: 'Sand', parent_id: task.id }));
  });

  test('a conditional read answers 304 until a subtask changes, and then the task', async () => {
    const first = await call('GET', `/${task.id}`, { 'if-none-match': '"1"' });
    expect(first).toMatchObject({ status: 200, tag: '"1.0.0.1-0"', body: { subtask_counts: { open: 1, done: 0 } } });
    expect((await call('GET', `/${task.id}`, { 'if-none-match': '"1.0.0.1-0"' })).status).toBe(304);
    await call('PATCH', `/${subtask.id}`, {}, { status: 'done' });
    const anew = await call('GET', `/${task.id}`, { 'if-none-match': '"1.0.0.1-0"' });
    expect(anew).toMatchObject({ status: 200, tag: '"1.0.0.0-1"', body: { version: 1 } });
    await call('DELETE', `/${subtask.id}`);
    expect(await call('GET', `/${task.id}`, { 'if-none-match': '"1.0.0.0-1"' })).toMatchObject({ tag: '"1"' });
  });

  test('If-Match guards by the version alone', async () => {
    const changed = await call('PATCH', `/${task.id}`, { 'if-match': '"1.0.0.7-9"' }, { title: 'Varnish' });
    expect(changed).toMatchObject({ status: 200, tag: '"2.0.0.1-0"' });
    expect((await call('DELETE', `/${task.id}`, { 'if-match': '"1.0.0.1-0"' })).status).toBe(412);
  });
});

test.each(['actual_duration', 'actual_duration_version', 'blocked_by_open', 'subtask_counts', 'warnings'])(
  '%s is not to be written',
  async (field) => {
    const before = await call('GET', `/${task.id}`);
    const { list_id } = task;
    const sent = { title: 'Varnish', list_id, [field]: task[field as 'actual_duration'] ?? null };
    const answers = [
      await call('POST', '', {}, sent),
      await call('PATCH', `/${task.id}`, {}, sent),
      await call('PUT', `/${task.id}`, {}, sent),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(await call('GET', `/${task.id}`)).toEqual(before);
  },
);
