// Receivers that refuse, fail or do not come back.
import { until } from '@mono/bus/testing';
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

test('a receiver that was down gets everything in order, soon after it is back', async () => {
  const { id } = await world.create(receiver.url);
  receiver.answer = () => ({ status: 503 });
  const plants = [await world.grow(4), await world.grow(4)];
  await until('it rests', async () => {
    await world.database.query(
      `UPDATE webhooks.delivery SET next_attempt_at = now() WHERE webhook_id = $1 AND status = 'pending'`,
      [id],
    );
    const { failures } = await world.row(id);
    return failures >= 3;
  });
  const before = receiver.received.length;
  receiver.answer = () => ({});
  await world.settled(id, { delivered: 8 });
  const since = receiver.received.slice(before);
  for (const plant of plants) {
    const versions = since
      .filter(({ body }) => body.data['thing_id'] === plant)
      .map(({ body }) => body.data['version']);
    expect(versions).toEqual([1, 2, 3, 4]);
  }
  expect(await world.row(id)).toMatchObject({ failures: 0, failing_since: null, paused_until: null, pending: 0 });
});

test('Retry-After delays the next attempt and the webhook', async () => {
  const { id } = await world.create(receiver.url);
  receiver.answer = () => ({ status: 429, headers: { 'retry-after': '600' } });
  await world.publish({ change: 'created' });
  const row = await until('an attempt has failed', async () => {
    const now = await world.row(id);
    return now.failures > 0 && now;
  });
  expect(Date.parse(row.paused_until ?? '')).toBeGreaterThan(Date.now() + 500_000);
  const [delivery] = await world.log(id);
  expect(Date.parse(delivery?.next_attempt_at ?? '')).toBeGreaterThan(Date.now() + 500_000);
  expect(delivery).toMatchObject({ status: 'pending', attempts: 1, last_attempt: { status: 429 } });
});

test('an answer of 410 disables the webhook and cancels what is pending', async () => {
  const { id } = await world.create(receiver.url);
  receiver.answer = () => ({ status: 410 });
  await world.grow(3);
  await world.settled(id, { cancelled: 3 });
  expect(await world.row(id)).toMatchObject({ enabled: false, disabled_reason: 'gone', pending: 0 });
  const [event] = await world.outbox('disabled', id);
  expect(event).toMatchObject({
    version: 2,
    payload: { reason: 'gone', url_host: new URL(receiver.url).host, creator_user_id: null, source: 'job' },
  });
  await world.publish({ change: 'created' });
  const other = await world.create(receiver.url);
  receiver.answer = () => ({});
  await world.publish({ change: 'created' });
  await world.settled(other.id, { delivered: 1 });
  expect(await world.statuses(id)).toEqual({ cancelled: 3 });
});

test('a webhook whose attempts all fail for three days is disabled', async () => {
  const { id } = await world.create(receiver.url);
  receiver.answer = () => ({ status: 500 });
  await world.publish({ change: 'created' });
  await until('an attempt has failed', async () => (await world.row(id)).failures > 0);
  await world.database.query(
    `UPDATE webhooks.webhook SET failing_since = now() - interval '3 days', paused_until = NULL WHERE id = $1`,
    [id],
  );
  await world.hurry(id);
  await world.settled(id, { cancelled: 1 });
  expect(await world.row(id)).toMatchObject({ enabled: false, disabled_reason: 'failing' });
  expect((await world.outbox('disabled', id))[0]?.payload).toMatchObject({ failing_since: expect.any(String) });
});

test('after a day a delivery is a dead letter, the next version follows, and a retry sends it again', async () => {
  const { id } = await world.create(receiver.url);
  receiver.answer = ({ body }) => ({ status: body.data['version'] === 1 ? 422 : 200, body: 'no, thank you' });
  const plant = await world.grow(2);
  await world.settled(id, { pending: 2 });
  await until('an attempt has failed', async () => (await world.log(id))[0]?.attempts);
  await world.database.query(
    `UPDATE webhooks.delivery SET first_attempt_at = now() - interval '24 hours' WHERE webhook_id = $1 AND version = 1`,
    [id],
  );
  await world.hurry(id);
  await world.settled(id, { failed: 1, delivered: 1 });
  expect(receiver.versionsOf(plant)).toEqual([1, 1, 2]);
  const [failed] = await world.log(id);
  const letter = await until('the dead letter', () => world.letterOf(failed?.id ?? ''));
  expect(letter).toMatchObject({ source: 'job', module: 'webhooks' });
  expect(failed).toMatchObject({
    status: 'failed',
    attempts: 2,
    last_attempt: { status: 422, response_start: 'no, thank you' },
  });
  receiver.answer = () => ({});
  await world.retryLetter(letter.id);
  await world.settled(id, { delivered: 2 });
  expect(receiver.received.filter(({ id: sent }) => sent === failed?.id)).toHaveLength(3);
});

test('a webhook with too large a backlog is disabled', async () => {
  const { id } = await world.create(receiver.url);
  receiver.answer = () => ({ status: 500 });
  await world.database.query('UPDATE webhooks.webhook SET pending = 10000 WHERE id = $1', [id]);
  await world.publish({ change: 'created' });
  await world.settled(id, { cancelled: 1 });
  expect(await world.row(id)).toMatchObject({ enabled: false, disabled_reason: 'backlog', pending: 0 });
});
