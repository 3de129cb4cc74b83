// Webhooks with a filter: they send events of tasks that concern it.
import { until } from '@mono/bus/testing';
import { uuidv7 } from 'uuidv7';
import { Receiver } from '../../../../test/support/webhook-receiver.ts';
import { WebhooksWorld } from '../../testing/webhooks-world.js';

let world: WebhooksWorld;
let receiver: Receiver;

beforeAll(async () => {
  world = await WebhooksWorld.open();
  await world.node();
  receiver = await Receiver.start();
});
beforeEach(() => {
  world.neighbours.matches.length = 0;
  world.neighbours.filterFaults.clear();
  world.neighbours.onMatch = undefined;
});
afterAll(async () => {
  await world?.close();
  await receiver?.close();
});

function changed(title: string) {
  return { event: 'task_changed', aggregate: 'task', changes: { title: { from: 'old', to: title } } } as const;
}

/** The types of the deliveries, the oldest first. */
async function types(id: string): Promise<string[]> {
  return (await world.log(id)).map(({ type }) => type);
}

test('only events of tasks that concern the filter are sent; another webhook gets all', async () => {
  const filtered = await world.create(receiver.url, { filter: 'apples' });
  const all = await world.create(receiver.url);
  await world.publish(changed('pears'), changed('apples'), { changes: { title: { from: 'apples', to: 'apples' } } });
  await world.settled(all.id, { delivered: 3 });
  await world.settled(filtered.id, { delivered: 1 });
  expect(await types(filtered.id)).toEqual(['garden.task_changed']);
  const large = 'x'.repeat(300_000);
  await world.publish({ ...changed('apples'), changes: { description: { from: null, to: `${large} apples` } } });
  await world.settled(filtered.id, { delivered: 2 });
  await world.webhooks.deleteWebhook({ id: filtered.id }, world.call(world.caller()));
  const asked = world.neighbours.matches.length;
  await world.publish(changed('apples'));
  await world.settled(all.id, { delivered: 5 });
  expect(world.neighbours.matches).toHaveLength(asked);
  await world.webhooks.deleteWebhook({ id: all.id }, world.call(world.caller()));
});

test('tasks is asked once for the webhooks of a batch, and only about events that they may get', async () => {
  const list = uuidv7();
  const hooks = [
    await world.create(receiver.url, { filter: 'apples' }),
    await world.create(receiver.url, { filter: 'pears' }),
    await world.create(receiver.url, { filter: 'plums', list_id: list }),
  ];
  world.neighbours.matches.length = 0;
  await world.publish(changed('apples'), { change: 'created' });
  await world.settled(hooks[0]?.id ?? '', { delivered: 1 });
  expect(world.neighbours.matches).toEqual([[2, 1]]);
  for (const { id } of hooks) await world.webhooks.deleteWebhook({ id }, world.call(world.caller()));
});

test('a filter that cannot be used any more disables the webhook, with an event for its mail', async () => {
  const { id } = await world.create(receiver.url, { filter: 'list:gone' });
  const other = await world.create(receiver.url, { filter: 'apples' });
  world.neighbours.filterFaults.set('list:gone', { code: 'validation_error', message: 'There is no list "gone".' });
  await world.publish(changed('apples'));
  await world.settled(other.id, { delivered: 1 });
  expect(await world.row(id)).toMatchObject({ enabled: false, disabled_reason: 'filter' });
  expect(await world.outbox('disabled', id)).toMatchObject([{ payload: { reason: 'filter' } }]);
  expect(await world.statuses(id)).toEqual({});
  await world.webhooks.deleteWebhook({ id: other.id }, world.call(world.caller()));
});

test('a filter that is changed while events are judged counts for them', async () => {
  const by = world.caller();
  const { id } = await world.create(receiver.url, { filter: 'apples', by });
  world.neighbours.onMatch = async () => {
    world.neighbours.onMatch = undefined;
    await world.webhooks.updateWebhook({ id, patch: { filter: 'plums' } }, world.call(by));
  };
  const [, plums] = await world.publish(changed('apples'), changed('plums'));
  await world.settled(id, { delivered: 1 });
  expect((await world.log(id)).map(({ event_id }) => event_id)).toEqual([plums?.id]);
  await world.webhooks.deleteWebhook({ id }, world.call(by));
});

test('a filter that is removed while it is found unusable disables nothing', async () => {
  const by = world.caller();
  const { id } = await world.create(receiver.url, { filter: 'list:gone', by });
  world.neighbours.filterFaults.set('list:gone', { code: 'validation_error', message: 'There is no list "gone".' });
  world.neighbours.onMatch = async () => {
    world.neighbours.onMatch = undefined;
    await world.webhooks.updateWebhook({ id, patch: { filter: null } }, world.call(by));
  };
  await world.publish(changed('apples'));
  await world.settled(id, { delivered: 1 });
  expect(await world.row(id)).toMatchObject({ enabled: true, disabled_reason: null });
  await world.webhooks.deleteWebhook({ id }, world.call(by));
});

test('while tasks is away events wait, and then are judged', async () => {
  const { id } = await world.create(receiver.url, { filter: 'apples' });
  let isAway = true;
  let tries = 0;
  world.neighbours.onMatch = async () => {
    tries += 1;
    if (isAway) throw new Error('Tasks is away.');
  };
  await world.publish(changed('pears'), changed('apples'));
  await until('tasks was asked', () => tries > 0);
  expect(await world.statuses(id)).toEqual({});
  isAway = false;
  await world.settled(id, { delivered: 1 });
  await world.webhooks.deleteWebhook({ id }, world.call(world.caller()));
});

describe('a filter of a webhook', () => {
  const invalid = { code: 'validation_error', message: 'character 6: There is no list "gone".' };

  test('is checked when it is written, and named in the fault', async () => {
    world.neighbours.filterFaults.set('list:gone', invalid);
    const faulty = { details: [{ field: 'filter', issue: invalid.message }] };
    await expect(world.create(receiver.url, { filter: 'list:gone' })).rejects.toMatchObject(faulty);
    const by = world.caller();
    const { id } = await world.create(receiver.url, { by });
    const update = world.webhooks.updateWebhook({ id, patch: { filter: 'list:gone' } }, world.call(by));
    await expect(update).rejects.toMatchObject(faulty);
    const saved = uuidv7();
    world.neighbours.filterFaults.set(saved, { code: 'filter_not_found', message: 'No filter.' });
    await expect(world.create(receiver.url, { filter_id: saved })).rejects.toMatchObject({
      code: 'filter_not_found',
      details: { id: saved },
    });
    world.neighbours.filterFaults.set(saved, { code: 'filter_not_usable', message: 'There is no list.' });
    await expect(world.create(receiver.url, { filter_id: saved })).rejects.toMatchObject({
      details: [{ field: 'filter_id', issue: 'There is no list.' }],
    });
    await world.webhooks.deleteWebhook({ id }, world.call(by));
  });

  test('is a text or a saved one, and needs types of tasks', async () => {
    const by = world.caller();
    const { id, filter_id } = await world.create(receiver.url, { filter_id: uuidv7(), by });
    const both = world.webhooks.updateWebhook({ id, patch: { filter: 'apples' } }, world.call(by));
    await expect(both).rejects.toMatchObject({ details: [{ field: 'filter_id', issue: 'goes without filter' }] });
    const types = world.webhooks.updateWebhook({ id, patch: { event_types: ['garden.planted'] } }, world.call(by));
    await expect(types).rejects.toMatchObject({ details: [{ field: 'event_types', issue: expect.any(String) }] });
    const patch = { filter: 'apples', filter_id: null };
    const changedHook = await world.webhooks.updateWebhook({ id, patch }, world.call(by));
    expect(changedHook).toMatchObject({ ...patch, version: 2 });
    expect(await world.outbox('updated', id)).toMatchObject([
      { payload: { changes: { filter: { from: null, to: 'apples' }, filter_id: { from: filter_id, to: null } } } },
    ]);
    await world.webhooks.deleteWebhook({ id }, world.call(by));
  });
});
