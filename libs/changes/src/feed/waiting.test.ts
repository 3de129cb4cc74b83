// Long polls: woken by changes, ended by their time, the caller or the node, and bounded.
import { randomUUID } from 'node:crypto';
import { until } from '../../../../test/support/until.ts';
import type { ChangePage } from '../../contract/index.js';
import { callerIn, ChangesWorld } from '../../testing/changes-world.js';
import { AppendedSignal } from './appended.signal.js';
import { ChangeStore } from './change.store.js';
import { RightsConsumer } from './rights.consumer.js';
import { Waiting } from './waiting.js';

let world: ChangesWorld;
let waiting: Waiting;
let workspace: string;
let since: string;

beforeEach(async () => {
  world = await ChangesWorld.open({ CHANGES_MAX_WAITING: 3, CHANGES_MAX_WAITING_PER_CREDENTIAL: 2 });
  waiting = world.module.get(Waiting);
  workspace = randomUUID();
  since = (await world.find(workspace)).next_token;
});
afterEach(() => world?.close());

function poll(call: Parameters<ChangesWorld['find']>[2] = {}, wait = 'PT50S'): Promise<ChangePage> {
  return world.find(workspace, { since, wait }, call);
}

async function waitFor(count: number): Promise<void> {
  await until(`${count} callers wait`, () => waiting.count === count);
}

test('a waiting caller is answered with the change that comes, without polling the database', async () => {
  const reads = jest.spyOn(world.module.get(ChangeStore), 'read');
  const answer = poll();
  await waitFor(1);
  await world.append(randomUUID(), {});
  const [row] = await world.append(workspace, {});
  expect((await answer).items.map(({ id }) => id)).toEqual([row?.event_id]);
  expect(reads.mock.calls.length).toBeLessThanOrEqual(2);
  expect(waiting.count).toBe(0);
});

test('a change that the caller does not see wakes it, and it waits on', async () => {
  const answer = poll({ principal: callerIn(workspace, { scopes: ['garden:read'] }) });
  await waitFor(1);
  await world.append(workspace, { type: 'secret' });
  const [row] = await world.append(workspace, { type: 'plant' });
  expect((await answer).items.map(({ id }) => id)).toEqual([row?.event_id]);
});

test('the signal of another node wakes it', async () => {
  const answer = poll();
  await waitFor(1);
  jest.spyOn(waiting, 'wake').mockImplementationOnce(() => undefined);
  await world.append(workspace, {});
  expect(waiting.count).toBe(1);
  world.module.get(AppendedSignal).receive(`${randomUUID()} ${workspace}`);
  expect((await answer).items).toHaveLength(1);
});

test('a change that came before the wait answers at once', async () => {
  await world.append(workspace, {});
  expect((await poll()).items).toHaveLength(1);
});

test('without a change the answer comes at the end of the wait, with a token to go on from', async () => {
  const page = await poll({}, 'PT0.05S');
  expect(page).toMatchObject({ items: [], has_more: false });
  expect(await world.find(workspace, { since: page.next_token })).toMatchObject({ items: [] });
});

test('the wait ends when the caller goes away', async () => {
  const gone = new AbortController();
  const answer = poll({ signal: gone.signal });
  await waitFor(1);
  gone.abort();
  await answer;
  expect(waiting.count).toBe(0);
});

test.each([
  ['the user', () => waiting.outdateOf('ada'), true],
  ['another user', () => waiting.outdateOf('bob'), false],
  ['the workspace', () => waiting.outdateIn(workspace), true],
  ['another workspace', () => waiting.outdateIn(randomUUID()), false],
])('the rights of %s change: nobody is answered by those of the beginning', async (_whose, change, isOutdated) => {
  const answer = poll({ principal: callerIn(workspace, { id: 'ada' }) });
  await waitFor(1);
  change();
  await world.append(workspace, {});
  const page = await answer;
  expect(page.items).toHaveLength(isOutdated ? 0 : 1);
  expect(await world.find(workspace, { since: page.next_token })).toMatchObject({ items: isOutdated ? [{}] : [] });
});

test.each([
  [{ aggregate: 'api_key', aggregate_id: 'ada' }, true],
  [{ aggregate: 'user', aggregate_id: 'ada' }, true],
  [{ aggregate: 'member', aggregate_id: 'membership', user_id: 'ada' }, true],
  [{ aggregate: 'member', aggregate_id: 'ada', user_id: 'bob' }, false],
  [{ event: 'workspace_updated', aggregate: 'workspace', changes: { time_entries_visible_to: {} } }, true],
  [{ event: 'workspace_updated', aggregate: 'workspace', changes: { name: {} } }, false],
])('the event %j ends the waits that it concerns', async (event, ends) => {
  const answer = poll({ principal: callerIn(workspace, { id: 'ada' }) });
  await waitFor(1);
  const told = { event: 'changed', aggregate_id: workspace, changes: {}, ...event };
  await world.module.get(RightsConsumer).end(told as unknown as Parameters<RightsConsumer['end']>[0]);
  await world.append(workspace, {});
  expect((await answer).items).toHaveLength(ends ? 0 : 1);
});

test('the wait ends when the node stops, and none begins', async () => {
  const answer = poll();
  await waitFor(1);
  waiting.onModuleDestroy();
  expect(await answer).toMatchObject({ items: [] });
  expect(await poll()).toMatchObject({ items: [] });
});

test('one caller too many is refused, by credential and by node, and there is room again', async () => {
  const of = (id: string) => poll({ principal: callerIn(workspace, { id }) });
  const answers = [of('one'), of('one'), of('two')];
  await waitFor(3);
  const refused = { code: 'rate_limited', details: { retry_after: 5 } };
  await expect(of('one')).rejects.toMatchObject({ ...refused, message: expect.stringContaining('credential') });
  await expect(of('three')).rejects.toMatchObject({ ...refused, message: expect.stringContaining('node') });
  await world.append(workspace, {});
  await Promise.all(answers);
  expect((await of('one')).items).toHaveLength(1);
});

test('a wait that is too long is refused', async () => {
  await expect(poll({}, 'PT56S')).rejects.toMatchObject({ code: 'validation_error' });
});
