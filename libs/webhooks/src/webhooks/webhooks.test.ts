// Webhooks as resources.
import { until } from '@mono/bus/testing';
import { uuidv7 } from 'uuidv7';
import { Receiver } from '../../../../test/support/webhook-receiver.ts';
import { WebhooksWorld } from '../../testing/webhooks-world.js';
import { PublicEvents } from '../recording/public-events.js';

const URL_OF_NOBODY = 'https://hooks.example.com/in?token=hidden';

let world: WebhooksWorld;

beforeAll(async () => {
  world = await WebhooksWorld.open();
  await world.node({ WEBHOOKS_MAX_PER_WORKSPACE: 20 });
});
afterAll(() => world?.close());

test('a webhook is created, read, changed, listed and deleted', async () => {
  const by = world.caller({ scopes: ['webhooks:read', 'webhooks:write', 'tasks:read'] });
  const call = world.call(by);
  const { secret, ...created } = await world.create(URL_OF_NOBODY, { by, description: 'Wall' });
  expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32);
  expect(created).toMatchObject({
    url: URL_OF_NOBODY,
    event_types: ['garden.*'],
    list_id: null,
    description: 'Wall',
    enabled: true,
    disabled_reason: null,
    pending: 0,
    version: 1,
  });
  const { id } = created;
  expect(await world.webhooks.getWebhook({ id }, call)).toEqual(created);
  expect((await world.webhooks.findWebhooks({}, call)).items).toEqual([created]);
  const change = { event_types: ['garden.planted', 'garden.bed_dug'], url: 'https://hooks.example.com/other' };
  const changed = await world.webhooks.updateWebhook({ id, patch: change }, { ...call, expectedVersion: 1 });
  expect(changed).toMatchObject({ ...change, version: 2 });
  expect(await world.webhooks.updateWebhook({ id, patch: change }, call)).toMatchObject({ version: 2 });
  const stale = { ...call, expectedVersion: 1 };
  const conflict = { code: 'version_conflict' };
  await expect(world.webhooks.updateWebhook({ id, patch: { description: '' } }, stale)).rejects.toMatchObject(conflict);
  await expect(world.webhooks.deleteWebhook({ id }, stale)).rejects.toMatchObject(conflict);
  await world.webhooks.deleteWebhook({ id }, call);
  await expect(world.webhooks.getWebhook({ id }, call)).rejects.toMatchObject({ code: 'webhook_not_found' });
  const rows = await world.database.query<{ subject: string; version: number; payload: object }>(
    'SELECT subject, version, payload FROM webhooks.outbox WHERE aggregate_id = $1 ORDER BY seq',
    [id],
  );
  expect(rows.map(({ subject, version }) => [subject, version])).toEqual([
    ['events.webhooks.v1.created', 1],
    ['events.webhooks.v1.updated', 2],
    ['events.webhooks.v1.deleted', 3],
  ]);
  const events = JSON.stringify(rows);
  for (const hidden of [secret, 'token', '/in', '/other']) expect(events).not.toContain(hidden);
  expect(rows[0]?.payload).toMatchObject({ changes: { url: { from: null, to: 'https://hooks.example.com' } } });
});

test.each<[string, object, object]>([
  ['an unknown type', { event_types: ['garden.*', 'garden.plant'] }, { field: 'event_types[1]' }],
  ['a type of users only', { event_types: ['garden.diary_written'] }, { field: 'event_types[0]' }],
  ['an invalid URL', { url: 'hooks.example.com' }, { field: 'url' }],
])('%s is refused by name', async (_what, fields, fault) => {
  await expect(world.create(URL_OF_NOBODY, fields)).rejects.toMatchObject({
    code: 'validation_error',
    details: [{ ...fault, issue: expect.any(String) }],
  });
});

test('a list that is not there is refused', async () => {
  const list = uuidv7();
  world.neighbours.missingLists.add(list);
  await expect(world.create(URL_OF_NOBODY, { list_id: list })).rejects.toMatchObject({ code: 'list_not_found' });
});

test('an Idempotency-Key creates one webhook, and shows its secret once', async () => {
  const by = world.caller();
  const call = { ...world.call(by), idempotencyKey: uuidv7() };
  const input = { url: URL_OF_NOBODY, event_types: ['garden.*'], description: uuidv7() };
  await world.webhooks.createWebhook(input, call);
  await expect(world.webhooks.createWebhook(input, call)).rejects.toMatchObject({ code: 'secret_already_shown' });
  const { items } = await world.webhooks.findWebhooks({ limit: 100 }, call);
  expect(items.filter(({ description }) => description === input.description)).toHaveLength(1);
});

test('an overlap of more than 30 days is refused', async () => {
  const by = world.caller();
  const { id } = await world.create(URL_OF_NOBODY, { by });
  await expect(world.webhooks.rotateWebhookSecret({ id, overlap: 'P31D' }, world.call(by))).rejects.toMatchObject({
    details: [{ field: 'overlap', issue: 'must be at most 30 days' }],
  });
});

test('a workspace has no more webhooks than the limit, also if many are created at once', async () => {
  const by = { ...world.caller(), workspaceId: uuidv7() };
  const ends = await Promise.allSettled(Array.from({ length: 25 }, () => world.create(URL_OF_NOBODY, { by })));
  const refused = ends.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(5);
  expect(refused[0]).toMatchObject({ reason: { code: 'too_many_webhooks', details: { limit: 20 } } });
});

test('while a webhook is disabled nothing is recorded, and what was pending is cancelled', async () => {
  const receiver = await Receiver.start();
  try {
    const by = world.caller();
    const { id } = await world.create(receiver.url, { by });
    receiver.answer = () => ({ status: 500 });
    await world.publish({ change: 'created' });
    await until('an attempt has failed', async () => (await world.row(id)).failures > 0);
    const call = world.call(by);
    expect(await world.webhooks.updateWebhook({ id, patch: { enabled: false } }, call)).toMatchObject({
      enabled: false,
      disabled_reason: null,
      pending: 0,
    });
    expect(await world.statuses(id)).toEqual({ cancelled: 1 });
    const [delivery] = await world.log(id);
    await expect(world.deliveries.redeliver({ id, delivery_id: delivery?.id ?? '' }, call)).rejects.toMatchObject({
      code: 'webhook_disabled',
    });
    const control = await world.create(receiver.url);
    receiver.answer = () => ({});
    await world.publish({ change: 'created', version: 2 });
    await world.settled(control.id, { delivered: 1 });
    const enabled = await world.webhooks.updateWebhook({ id, patch: { enabled: true } }, call);
    expect(enabled).toMatchObject({ failing_since: null, version: 3 });
    await world.publish({ change: 'created', version: 3 });
    await world.settled(id, { cancelled: 1, delivered: 1 });
  } finally {
    await receiver.close();
  }
});

test('the event types are those that change things, without the affairs of one user', () => {
  const { types } = world.get(PublicEvents);
  expect(types.filter((type) => type.startsWith('garden.'))).toEqual([
    'garden.bed_dug',
    'garden.planted',
    'garden.secret_told',
    'garden.task_changed',
    'garden.task_made',
    'garden.uprooted',
    'garden.watered',
  ]);
});
