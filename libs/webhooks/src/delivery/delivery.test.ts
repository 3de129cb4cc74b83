// Deliveries on a real PostgreSQL and NATS, to a receiver of the test.
import { createHmac } from 'node:crypto';
import { until } from '@mono/bus/testing';
import { uuidv7 } from 'uuidv7';
import { Receiver, type Received } from '../../../../test/support/webhook-receiver.ts';
import { WebhooksWorld } from '../../testing/webhooks-world.js';
import { Reconciler } from './reconciler.js';
import { Retention } from './retention.js';

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

function signatureOf(received: Received | undefined, secret: string): string {
  if (!received) throw new Error('Nothing was received.');
  const { headers, raw } = received;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${raw}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

test('an event is sent once, signed, with its public fields only', async () => {
  const { id, secret } = await world.create(`${receiver.url}/hook`);
  const [event] = await world.publish({
    change: 'created',
    species: 'fern',
    list_id: uuidv7(),
    source: '203.0.113.7',
    traceparent: '00-1-2-3',
  });
  await world.settled(id, { delivered: 1 });
  const [received] = receiver.received;
  expect(receiver.received).toHaveLength(1);
  if (!received || !event) throw new Error('Nothing was received.');
  expect(received.headers['webhook-signature']).toBe(signatureOf(received, secret));
  expect(received.path).toBe('/hook');
  expect(received.body).toEqual({
    type: 'garden.planted',
    timestamp: event.occurred_at,
    data: {
      id: event.id,
      workspace_id: world.workspace,
      type: 'plant',
      thing_id: event.aggregate_id,
      change: 'created',
      version: 1,
      list_id: event.list_id,
      fields: ['title'],
      changes: event.changes,
      keys: { species: 'fern' },
      actor: event.actor,
      origin: null,
      request_id: 'watering',
      occurred_at: event.occurred_at,
    },
  });
});

test('the versions of each thing arrive in order while attempts fail', async () => {
  const { id } = await world.create(receiver.url);
  const failed = new Set<string>();
  receiver.answer = (request) => {
    const first = !failed.has(request.id) && failed.size < 12;
    failed.add(request.id);
    return { status: first ? 400 : 200 };
  };
  const plants = await Promise.all(Array.from({ length: 4 }, () => world.grow(5)));
  await until('all are delivered', async () => {
    await world.hurry(id);
    return (await world.statuses(id))['delivered'] === 20;
  });
  for (const plant of plants) {
    const versions = receiver.versionsOf(plant);
    expect([...new Set(versions)]).toEqual([1, 2, 3, 4, 5]);
    expect(versions).toEqual(versions.toSorted((one, other) => one - other));
  }
  expect(await world.statuses(id)).toEqual({ delivered: 20 });
});

test('things are sent beside each other up to the limit, versions of one never', async () => {
  const { id } = await world.create(receiver.url);
  const gate = Promise.withResolvers<void>();
  receiver.answer = async () => {
    await gate.promise;
    return {};
  };
  await world.grow(3);
  for (let count = 0; count < 8; count += 1) await world.publish({ change: 'created' });
  await until('four attempts are under way', () => receiver.open === 4);
  gate.resolve();
  await world.settled(id, { delivered: 11 });
  expect(receiver.mostOpen).toBe(4);
});

test('a slow webhook delays no other, nor its own other things', async () => {
  const slow = await world.create(`${receiver.url}/slow`);
  const gate = Promise.withResolvers<void>();
  const stuck = uuidv7();
  receiver.answer = async ({ path, body }) => {
    if (path === '/slow' && body.data['thing_id'] === stuck) await gate.promise;
    return {};
  };
  await world.publish({ change: 'created', aggregate_id: stuck });
  await until('one attempt is under way', () => receiver.open === 1);
  const quick = await world.create(`${receiver.url}/quick`);
  await world.publish({ change: 'created' }, { change: 'created' });
  await world.settled(quick.id, { delivered: 2 });
  await world.settled(slow.id, { delivered: 2, pending: 1 });
  gate.resolve();
  await world.settled(slow.id, { delivered: 3 });
  expect(receiver.received).toHaveLength(5);
});

test('a lower version that is recorded late goes first', async () => {
  const { id } = await world.create(receiver.url);
  const gate = Promise.withResolvers<void>();
  receiver.answer = async ({ body }) => {
    if (body.data['version'] === 5) await gate.promise;
    return {};
  };
  const plant = uuidv7();
  await world.publish({ aggregate_id: plant, version: 5 });
  await until('it is under way', () => receiver.open === 1);
  await world.publish({ aggregate_id: plant, version: 7 }, { aggregate_id: plant, version: 6 });
  await world.settled(id, { pending: 3 });
  gate.resolve();
  await world.settled(id, { delivered: 3 });
  expect(receiver.versionsOf(plant)).toEqual([5, 6, 7]);
});

test('an event that comes twice is sent once', async () => {
  const { id } = await world.create(receiver.url);
  const [event] = await world.publish({ change: 'created' });
  await world.publish(Object.assign({}, event));
  await world.publish({ change: 'created' });
  await world.settled(id, { delivered: 2 });
  expect(receiver.received).toHaveLength(2);
});

test('a delivery is sent again on demand, under the same id and signed anew', async () => {
  const by = world.caller();
  const { id, secret } = await world.create(receiver.url, { by });
  await world.publish({ change: 'created' });
  await world.settled(id, { delivered: 1 });
  const [delivery] = await world.log(id);
  const call = world.call(by);
  const again = await world.deliveries.redeliver({ id, delivery_id: delivery?.id ?? '' }, call);
  expect(again).toMatchObject({ id: delivery?.id, request_body: receiver.received[0]?.raw });
  await until('it has come twice', () => receiver.received.length === 2);
  const [first, second] = receiver.received;
  expect([second?.id, second?.raw]).toEqual([first?.id, first?.raw]);
  expect(second?.headers['webhook-signature']).toBe(signatureOf(second, secret));
  await world.settled(id, { delivered: 1 });
});

test('after a rotation attempts are signed with both secrets until the overlap ends', async () => {
  const by = world.caller();
  const { id, secret } = await world.create(receiver.url, { by });
  const rotated = await world.webhooks.rotateWebhookSecret({ id, overlap: 'PT1H' }, world.call(by));
  expect(rotated.secret).not.toBe(secret);
  await world.publish({ change: 'created' });
  await world.settled(id, { delivered: 1 });
  const [both] = receiver.received;
  if (!both) throw new Error('Nothing was received.');
  expect(both.headers['webhook-signature']).toBe(`${signatureOf(both, rotated.secret)} ${signatureOf(both, secret)}`);
  await world.database.query(
    `UPDATE webhooks.webhook SET previous_secret_expires_at = now() - interval '1 second' WHERE id = $1`,
    [id],
  );
  await world.publish({ change: 'created' });
  await world.settled(id, { delivered: 2 });
  const [, one] = receiver.received;
  expect(one?.headers['webhook-signature']).toBe(signatureOf(one, rotated.secret));
});

test('a test event is sent at once, and its outcome is the answer', async () => {
  const by = world.caller();
  const { id } = await world.create(receiver.url, { by, enabled: false });
  receiver.answer = () => ({ status: 500, body: 'out of order' });
  expect(await world.deliveries.testWebhook({ id }, world.call(by))).toMatchObject({
    type: 'webhooks.test',
    status: 'failed',
    last_attempt: { status: 500, response_start: 'out of order', duration: expect.stringMatching(/^PT/) },
    request_body: receiver.received[0]?.raw,
  });
  receiver.answer = () => ({});
  expect(await world.deliveries.testWebhook({ id }, world.call(by))).toMatchObject({ status: 'delivered' });
  await world.get(Reconciler).reconcile();
  expect(await world.row(id)).toMatchObject({ pending: 0, failing_since: null });
});

test('old deliveries are pruned, those that are pending stay', async () => {
  const { id } = await world.create(receiver.url);
  await world.publish({ change: 'created' });
  await world.settled(id, { delivered: 1 });
  receiver.answer = () => ({ status: 500 });
  await world.publish({ change: 'created' });
  await world.settled(id, { delivered: 1, pending: 1 });
  await world.database.query(
    `UPDATE webhooks.delivery SET created_at = now() - interval '31 days' WHERE webhook_id = $1`,
    [id],
  );
  await world.get(Retention).prune(1);
  expect(await world.statuses(id)).toEqual({ pending: 1 });
});
