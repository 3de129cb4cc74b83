// A webhook sends what its creator may read at that time, and ends with its creator.
import { authEvents } from '@mono/auth/contract';
import { until } from '@mono/bus/testing';
import type { Principal } from '@mono/contract';
import { deliverEvent } from '@mono/platform/testing';
import { uuidv7 } from 'uuidv7';
import { Receiver } from '../../../../test/support/webhook-receiver.ts';
import { WebhooksWorld } from '../../testing/webhooks-world.js';

let world: WebhooksWorld;
let receiver: Receiver;

beforeAll(async () => {
  world = await WebhooksWorld.open();
  await world.node();
});
afterAll(() => world?.close());
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(async () => {
  await receiver.close();
  await world.database.query('UPDATE webhooks.webhook SET enabled = false');
});

async function deliver(event: (typeof authEvents)[keyof typeof authEvents], body: object): Promise<void> {
  const [node] = world.nodes;
  if (!node) throw new Error('There is no node.');
  const facts = {
    id: uuidv7(),
    event: event.name,
    version: 2,
    occurred_at: new Date().toISOString(),
    request_id: 'end',
  };
  await deliverEvent(node.module, Object.assign({ subject: event.subject, changes: {} }, facts, body));
}

const exists = async (id: string): Promise<boolean> =>
  (await world.database.query('SELECT FROM webhooks.webhook WHERE id = $1', [id])).length > 0;

const sent = () => receiver.received.map(({ body }) => [body.type, body.data['version']]);

const move = (from: string, to: string) => ({
  list_id: to,
  changes: { list_id: { from, to }, title: { from: 'old', to: 'new' } },
});

function member(): Principal {
  const id = uuidv7();
  world.neighbours.roles.set(id, 'admin');
  return { kind: 'user', id, workspaceId: world.workspace, scopes: ['*'], role: 'admin' };
}

describe('a creator that is limited to lists', () => {
  test('gets what happens in them, and moves as deletions and creations', async () => {
    const [mine, other] = [uuidv7(), uuidv7()];
    const by = world.caller({ listIds: [mine], scopes: ['webhooks:write', 'tasks:read'] });
    const { id } = await world.create(receiver.url, { by, event_types: ['*'] });
    const [plant, foreign] = [uuidv7(), uuidv7()];
    await world.publish(
      { aggregate_id: plant, version: 1, change: 'created', list_id: mine },
      { aggregate_id: foreign, version: 1, change: 'created', list_id: other },
      { event: 'secret_told', aggregate: 'secret' },
      { event: 'diary_written', aggregate: 'diary', aggregate_id: by.id },
      { aggregate_id: plant, version: 2, ...move(mine, other) },
      { aggregate_id: plant, version: 3, list_id: other },
      { aggregate_id: plant, version: 4, ...move(other, mine) },
      { aggregate_id: mine, aggregate: 'bed', event: 'bed_dug' },
    );
    await world.settled(id, { delivered: 4 });
    const ofPlant = receiver.received.filter(({ body }) => body.data['thing_id'] === plant);
    expect(ofPlant.map(({ body }) => [body.type, body.data['version'], body.data['change']])).toEqual([
      ['garden.planted', 1, 'created'],
      ['garden.uprooted', 2, 'deleted'],
      ['garden.planted', 4, 'created'],
    ]);
    expect(ofPlant[1]?.body.data).toMatchObject({ list_id: mine, changes: {}, fields: [] });
    expect(ofPlant[2]?.body.data['changes']).toEqual({
      list_id: { from: null, to: mine },
      title: { from: null, to: 'new' },
    });
    expect(JSON.stringify(receiver.received)).not.toContain(other);
    // The log shows no more.
    const { items } = await world.deliveries.findDeliveries({ id }, world.call(by));
    const bodies = await Promise.all(
      items.map((one) => world.deliveries.getDelivery({ id, delivery_id: one.id }, world.call(by))),
    );
    expect(new Set(bodies.map(({ request_body }) => request_body))).toEqual(
      new Set(receiver.received.map(({ raw }) => raw)),
    );
  });

  test('cannot subscribe to another list', async () => {
    const by = world.caller({ listIds: [uuidv7()] });
    const refused = { code: 'list_not_found' };
    await expect(world.create(receiver.url, { by, list_id: uuidv7() })).rejects.toMatchObject(refused);
    const mine = await world.create(receiver.url, { by, list_id: by.listIds?.[0] ?? '' });
    await expect(
      world.webhooks.updateWebhook({ id: mine.id, patch: { list_id: uuidv7() } }, world.call(by)),
    ).rejects.toMatchObject(refused);
  });

  test('gets nothing that was recorded before its lists were taken away, and its log shows nothing of them', async () => {
    const [kept, taken] = [uuidv7(), uuidv7()];
    const by = world.caller({ listIds: [kept, taken] });
    const { id } = await world.create(receiver.url, { by });
    await world.publish({ change: 'created', list_id: taken });
    await world.settled(id, { delivered: 1 });
    world.neighbours.keys.set(by.id, { scopes: ['*'], list_ids: [kept] });
    await world.publish({ change: 'created', list_id: taken }, { change: 'created', list_id: kept });
    await world.settled(id, { delivered: 2 });
    await until('the other is dropped', async () => (await world.row(id)).pending === 0);
    expect(receiver.received.map(({ body }) => body.data['list_id'])).toEqual([taken, kept]);
    expect(await world.statuses(id)).toEqual({ delivered: 2 });
    const now = { ...by, listIds: [kept] };
    expect((await world.deliveries.findDeliveries({ id }, world.call(now))).items).toHaveLength(1);
  });

  test('is recorded for by its lists as they change', async () => {
    const [before, after] = [uuidv7(), uuidv7()];
    const by = world.caller({ listIds: [before] });
    const { id } = await world.create(receiver.url, { by });
    world.neighbours.keys.set(by.id, { scopes: ['*'], list_ids: [after] });
    await deliver(authEvents.api_key_updated, {
      aggregate_id: by.id,
      workspace_id: world.workspace,
      changes: { list_ids: { from: [before], to: [after] } },
    });
    await world.publish({ change: 'created', list_id: before }, { change: 'created', list_id: after });
    await world.settled(id, { delivered: 1 });
    expect(receiver.received[0]?.body.data['list_id']).toBe(after);
    expect(await world.statuses(id)).toEqual({ delivered: 1 });
  });
});

test('a webhook that is limited to a list sends nothing else', async () => {
  const list = uuidv7();
  const { id } = await world.create(receiver.url, { list_id: list, event_types: ['*'] });
  await world.publish(
    { change: 'created', list_id: uuidv7() },
    { event: 'secret_told', aggregate: 'secret' },
    { change: 'created', list_id: list },
  );
  await world.settled(id, { delivered: 1 });
  expect(receiver.received.map(({ body }) => body.data['list_id'])).toEqual([list]);
});

test('events of other workspaces, and types that were not asked for, are not sent', async () => {
  const { id } = await world.create(receiver.url, { event_types: ['garden.uprooted'] });
  await world.publish(
    { change: 'created', workspace_id: uuidv7() },
    { change: 'deleted', workspace_id: uuidv7() },
    { change: 'created', version: 1 },
    { change: 'deleted', version: 2 },
  );
  await world.settled(id, { delivered: 1 });
  expect(sent()).toEqual([['garden.uprooted', 2]]);
});

test('events from before the webhook are not recorded', async () => {
  const { id } = await world.create(receiver.url);
  await world.publish(
    { change: 'created', occurred_at: '2026-01-01T00:00:00.000Z' },
    { change: 'created', version: 2 },
  );
  await world.settled(id, { delivered: 1 });
  expect(sent()).toEqual([['garden.planted', 2]]);
});

test('what the creator lacks the scope for is not sent', async () => {
  const by = world.caller({ scopes: ['webhooks:write', 'admin'] });
  await expect(world.create(receiver.url, { by, event_types: ['garden.planted'] })).rejects.toMatchObject({
    details: [{ field: 'event_types[0]', issue: 'needs the scope tasks:read, which the caller does not have' }],
  });
  const { id } = await world.create(receiver.url, { by });
  await world.publish({ change: 'created' }, { event: 'secret_told', aggregate: 'secret' });
  await world.settled(id, { delivered: 1 });
  expect(sent()).toEqual([['garden.secret_told', 1]]);
});

test.each([
  ['expires', (id: string) => world.neighbours.keys.set(id, { state: 'expired', scopes: ['*'], list_ids: null })],
  [
    'may not manage webhooks',
    (id: string) => world.neighbours.keys.set(id, { scopes: ['tasks:read'], list_ids: null }),
  ],
  ['is unknown', (id: string) => world.neighbours.keys.delete(id)],
])('the webhook of a key that %s is disabled, and sends nothing', async (_what, lose) => {
  const by = world.caller();
  const { id } = await world.create(receiver.url, { by });
  lose(by.id);
  await world.publish({ change: 'created' });
  await world.settled(id, { cancelled: 1 });
  expect(await world.row(id)).toMatchObject({ enabled: false, disabled_reason: 'creator' });
  expect(receiver.received).toEqual([]);
});

test('the webhooks of a revoked key are deleted with their deliveries', async () => {
  const by = world.caller();
  const [{ id }, other] = [await world.create(receiver.url, { by }), await world.create(receiver.url)];
  await world.publish({ change: 'created' });
  await world.settled(id, { delivered: 1 });
  const event = { id: uuidv7(), aggregate_id: by.id, workspace_id: world.workspace };
  for (let count = 0; count < 2; count += 1) await deliver(authEvents.api_key_revoked, event);
  expect([await exists(id), await exists(other.id)]).toEqual([false, true]);
  await until('the deliveries are erased', async () => Object.keys(await world.statuses(id)).length === 0);
  expect(await world.outbox('deleted', id)).toMatchObject([
    { version: 2, payload: { actor: { kind: 'system', id: 'webhooks' }, request_id: 'end' } },
  ]);
});

describe('a member', () => {
  test('webhooks of a former member are deleted, and the former member creates no more', async () => {
    const by = member();
    const { id } = await world.create(receiver.url, { by });
    await deliver(authEvents.member_removed, { aggregate_id: uuidv7(), user_id: by.id, workspace_id: world.workspace });
    expect(await exists(id)).toBe(false);
    // Auth’s answer is from before.
    await expect(world.create(receiver.url, { by })).rejects.toMatchObject({ kind: 'not_found' });
  });

  test.each([
    ['becomes a viewer', 'viewer'],
    ['has left', null],
  ] as const)('who %s has no active webhook', async (_what, role) => {
    const by = member();
    const { id } = await world.create(receiver.url, { by });
    world.neighbours.roles.set(by.id, role);
    await world.publish({ change: 'created' });
    await world.settled(id, { cancelled: 1 });
    expect((await world.outbox('disabled', id))[0]?.payload).toMatchObject({
      reason: 'creator',
      creator_user_id: by.id,
    });
  });

  test('who deletes the account takes the workspace with them', async () => {
    const by = member();
    const workspace = uuidv7();
    const { id } = await world.create(receiver.url, { by: { ...by, workspaceId: workspace } });
    receiver.answer = () => ({ status: 500 });
    await world.publish({ change: 'created', workspace_id: workspace });
    await world.settled(id, { pending: 1 });
    await deliver(authEvents.account_deleted, { aggregate_id: by.id, workspace_ids: [workspace] });
    for (const table of ['webhook', 'delivery', 'membership'])
      expect(await world.database.query(`SELECT FROM webhooks.${table} WHERE workspace_id = $1`, [workspace])).toEqual(
        [],
      );
    await world.publish({ change: 'created', workspace_id: workspace });
  });
});

test('others see a webhook if they may read everything only', async () => {
  const by = world.caller({ scopes: ['webhooks:write', 'webhooks:read', 'tasks:read'] });
  const { id } = await world.create(receiver.url, { by });
  const get = (principal: ReturnType<typeof world.caller>) => world.webhooks.getWebhook({ id }, world.call(principal));
  expect(await get(by)).toMatchObject({ id, creator: { kind: 'api_key', id: by.id } });
  expect(await get(world.caller())).toMatchObject({ id });
  for (const stranger of [
    world.caller({ scopes: ['webhooks:read', 'webhooks:write', 'tasks:read'] }),
    world.caller({ listIds: [uuidv7()] }),
    { ...world.caller(), workspaceId: uuidv7() },
  ])
    await expect(get(stranger)).rejects.toMatchObject({ code: 'webhook_not_found' });
});
