// Two nodes that deliver, and nodes that stop between any two steps.
import { jest } from '@jest/globals';
import { until } from '@mono/bus/testing';
import { uuidv7 } from 'uuidv7';
import { Receiver } from '../../../../test/support/webhook-receiver.ts';
import { WebhooksWorld } from '../../testing/webhooks-world.js';
import type { WebhookRow } from '../webhooks/webhook.store.js';
import { AttemptsStore, type Claim } from './attempts.store.js';
import { DeliveryJobs } from './delivery-jobs.js';
import { SettleAttempt } from './settle-attempt.js';

let world: WebhooksWorld;
let receiver: Receiver;

beforeAll(async () => {
  world = await WebhooksWorld.open();
  await world.node();
  await world.node();
});
afterAll(() => world?.close());
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await receiver.close();
  await world.database.query('UPDATE webhooks.webhook SET enabled = false');
});

function everywhere<T>(type: new (...args: never[]) => T): T[] {
  return world.nodes.map(({ module }) => module.get(type));
}

test('two nodes send each delivery once, the versions of each thing in order', async () => {
  const { id } = await world.create(receiver.url);
  const plants = await Promise.all(Array.from({ length: 20 }, () => world.grow(5)));
  await world.settled(id, { delivered: 100 });
  for (const plant of plants) expect(receiver.versionsOf(plant)).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(receiver.received.map((one) => one.id)).size).toBe(100);
  expect(receiver.mostOpen).toBeLessThanOrEqual(4);
});

test('events that nodes record in any order are sent in the order of the stream', async () => {
  const { id } = await world.create(receiver.url);
  const plant = uuidv7();
  const backlogs = world.nodes.flatMap(({ bus }) =>
    bus.durable
      .filter(({ name }) => name === 'webhooks-garden')
      .map((consumer) =>
        jest.spyOn(consumer, 'backlog').mockResolvedValue({ waiting: 0, delivered: 0, acknowledged: 0 }),
      ),
  );
  await world.publish({ aggregate_id: plant, version: 2 });
  const isHeld = (): boolean => backlogs.some(({ mock }) => mock.calls.length > 2);
  await until('it is held, or sent', () => isHeld() || receiver.received.length > 0);
  await world.publish({ aggregate_id: plant, version: 1, change: 'created' });
  await world.settled(id, { pending: 2 });
  expect(receiver.received).toEqual([]);
  jest.restoreAllMocks();
  await world.settled(id, { delivered: 2 });
  expect(receiver.versionsOf(plant)).toEqual([1, 2]);
});

test('a node that stops after sending and before recording: sent again under the same id, the next version later', async () => {
  const { id } = await world.create(receiver.url);
  const plant = uuidv7();
  let lost = 0;
  for (const settling of everywhere(SettleAttempt)) {
    const settle = settling.settle.bind(settling);
    jest.spyOn(settling, 'settle').mockImplementation((...args) => {
      if (lost > 0) return settle(...args);
      lost += 1;
      return Promise.reject(new Error('The process ends here.'));
    });
  }
  await world.publish({ aggregate_id: plant, version: 1, change: 'created' }, { aggregate_id: plant, version: 2 });
  await until('it was sent, and not recorded', () => lost === 1 && receiver.received.length === 1);
  await world.settled(id, { pending: 2 });
  expect(receiver.versionsOf(plant)).toEqual([1]);
  await world.database.query('UPDATE webhooks.delivery SET lease_until = now() WHERE webhook_id = $1', [id]);
  await world.settled(id, { delivered: 2 });
  expect(receiver.versionsOf(plant)).toEqual([1, 1, 2]);
  expect(receiver.received[1]?.id).toBe(receiver.received[0]?.id);
});

test('jobs that are lost are added again', async () => {
  const { id } = await world.create(receiver.url);
  const wakes = everywhere(DeliveryJobs).map((jobs) => jest.spyOn(jobs, 'wake').mockImplementation(() => undefined));
  await world.publish({ change: 'created' });
  await world.settled(id, { delivered: 1 });
  expect(wakes.some(({ mock }) => mock.calls.length > 0)).toBe(true);
});

test('a node that comes back after its lease changes nothing', async () => {
  for (const jobs of everywhere(DeliveryJobs)) {
    jest.spyOn(jobs, 'wake').mockImplementation(() => undefined);
    jest.spyOn(jobs, 'wakeOverdue').mockResolvedValue();
  }
  const { id } = await world.create(receiver.url);
  await world.publish({ change: 'created' });
  await world.settled(id, { pending: 1 });
  const [first, second] = everywhere(AttemptsStore);
  if (!first || !second) throw new Error('There are no two nodes.');
  const webhook = await world.row(id);
  const claimBy = (store: AttemptsStore): Promise<Claim | undefined> =>
    store.claim(world.database, webhook, { concurrency: 4, leaseMs: 60_000, positions: EVERYTHING });
  const claim = await claimBy(first);
  expect(await claimBy(second)).toBeUndefined();
  await world.database.query('UPDATE webhooks.delivery SET lease_until = now() WHERE webhook_id = $1', [id]);
  const later = await claimBy(second);
  expect(later).toMatchObject({ id: claim?.id, attempts: 2 });
  if (!claim || !later) throw new Error('Nothing was claimed.');
  const settleBy = (store: AttemptsStore, held: Claim, status: 'failed' | 'delivered') =>
    store.settle(world.database, webhook, held, status, 0, NOTHING);
  expect(await settleBy(first, claim, 'failed')).toBeUndefined();
  expect(await settleBy(second, later, 'delivered')).toMatchObject({ webhook_id: id });
  expect(await settleBy(first, claim, 'failed')).toBeUndefined();
  expect(await world.statuses(id)).toEqual({ delivered: 1 });
  expect(await world.row(id)).toMatchObject({ pending: 0 } satisfies Partial<WebhookRow>);
});

const EVERYTHING = new Map([['webhooks-garden', Number.MAX_SAFE_INTEGER]]);
const NOTHING = { durationMs: null, status: null, responseStart: null, error: null, message: null };
