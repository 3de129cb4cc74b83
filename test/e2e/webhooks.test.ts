// Webhooks over both doors, on one node and with a process for each module.
import { createHmac } from 'node:crypto';
import type { NewWebhook, Webhook, WebhookDelivery } from '@mono/webhooks/contract';
import { Receiver, type Received } from '../support/webhook-receiver.ts';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Made {
  id: string;
}

describe.each(TOPOLOGIES)('webhooks, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let receiver: Receiver;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
  });
  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  afterEach(() => receiver.close());

  async function created(client: ApiClient, more: object = {}): Promise<NewWebhook> {
    const body = { url: receiver.url, event_types: ['tasks.*'], ...more };
    const answer = await client.post<NewWebhook>('/v1/webhooks', body);
    expect(answer.status).toBe(201);
    return answer.body;
  }

  async function made(path: string, body: object): Promise<string> {
    const answer = await api.post<Made>(path, body);
    expect([path, answer.status]).toEqual([path, 201]);
    return answer.body.id;
  }

  async function keyWith(body: object): Promise<{ id: string; client: ApiClient }> {
    const { body: key } = await api.post<Made & { key: string }>('/v1/api-keys', { name: 'Subscriber', ...body });
    return { id: key.id, client: new ApiClient(installation.server.url, key.key) };
  }

  function of(thing: string): Received[] {
    return receiver.received.filter(({ body }) => body.data['thing_id'] === thing);
  }

  const arrived = (thing: string, count: number): Promise<unknown> =>
    until(`${count} events`, () => of(thing).length >= count);

  test('the events of a task arrive in order and signed', async () => {
    const { secret } = await created(api);
    const task = await made('/v1/tasks', { title: 'Water the plants' });
    await api.patch(`/v1/tasks/${task}`, { title: 'Water all plants' });
    await api.patch(`/v1/tasks/${task}`, { status: 'done' });
    await api.delete(`/v1/tasks/${task}`);
    await arrived(task, 4);
    expect(of(task).map(({ body }) => [body.type, body.data['version']])).toEqual([
      ['tasks.created', 1],
      ['tasks.updated', 2],
      ['tasks.completed', 3],
      ['tasks.deleted', 4],
    ]);
    const [, second] = of(task);
    const { headers, raw, id } = second as Received;
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${String(headers['webhook-timestamp'])}.${raw}`);
    expect(headers['webhook-signature']).toBe(`v1,${signature.digest('base64')}`);
    expect(second?.body.data['changes']).toEqual({ title: { from: 'Water the plants', to: 'Water all plants' } });
  });

  test('over NATS as over REST', async () => {
    const nats = await NatsClient.connect(installation.nats.url, installation.key);
    try {
      const input = { url: receiver.url, event_types: ['tasks.list_created'] };
      const { body: webhook } = await nats.call<NewWebhook>('api.webhooks.create_webhook', input);
      const list = await made('/v1/lists', { title: 'Garden' });
      await arrived(list, 1);
      const delivery = await until('the outcome is in the log', async () => {
        const input = { id: webhook.id, status: 'delivered' };
        const { body } = await nats.call<{ items: WebhookDelivery[] }>('api.webhooks.find_deliveries', input);
        return body.items[0] ?? false;
      });
      expect(delivery).toMatchObject({ type: 'tasks.list_created', attempts: 1, last_attempt: { status: 204 } });
      const again = await nats.call('api.webhooks.redeliver', { id: webhook.id, delivery_id: delivery.id });
      expect(again.status).toBe(200);
      await arrived(list, 2);
      expect(new Set(of(list).map(({ id }) => id)).size).toBe(1);
    } finally {
      await nats.close();
    }
  });

  test('a key that is limited to a list gets what happens there, and a move out as a deletion', async () => {
    const [mine, other] = [await made('/v1/lists', { title: 'Mine' }), await made('/v1/lists', { title: 'Other' })];
    const { client } = await keyWith({ scopes: ['webhooks:write', 'webhooks:read', 'tasks:read'], list_ids: [mine] });
    await created(client, { event_types: ['*'] });
    const refused = await client.post<ErrorBody>('/v1/webhooks', {
      url: receiver.url,
      event_types: ['tasks.*'],
      list_id: other,
    });
    expect([refused.status, refused.body.error.code]).toEqual([404, 'list_not_found']);
    const hidden = await made('/v1/tasks', { title: 'Hidden', list_id: other });
    const task = await made('/v1/tasks', { title: 'Shown', list_id: mine });
    await api.patch(`/v1/tasks/${task}`, { list_id: other, title: 'Secret' });
    await api.patch(`/v1/tasks/${task}`, { title: 'Secret as well' });
    await api.patch(`/v1/tasks/${task}`, { list_id: mine, title: 'Shown again' });
    await arrived(task, 3);
    expect(of(task).map(({ body }) => [body.type, body.data['version']])).toEqual([
      ['tasks.created', 1],
      ['tasks.deleted', 2],
      ['tasks.created', 4],
    ]);
    expect(of(hidden)).toEqual([]);
    expect(JSON.stringify(receiver.received)).not.toMatch(/Secret|Hidden/);
  });

  test('a revoked key and a removed member take their webhooks with them', async () => {
    const key = await keyWith({ scopes: ['*'] });
    const gone = `${receiver.url}/gone`;
    const links = await MailLinks.open(installation);
    try {
      const { id: member, api: admin } = await memberOf(
        installation.server.url,
        links,
        installation.workspaceId,
        'admin',
      );
      const webhooks = [await created(key.client, { url: gone }), await created(admin, { url: gone })];
      await created(api);
      await api.delete(`/v1/api-keys/${key.id}`);
      await api.delete(`/v1/members/${member}`);
      for (const { id } of webhooks)
        await until('it is gone', async () => (await api.get(`/v1/webhooks/${id}`)).status === 404);
      const task = await made('/v1/tasks', { title: 'Only one hears of it' });
      await arrived(task, 1);
      // Events of earlier tests may have been sent to them before.
      expect(of(task).filter(({ path }) => path === '/gone')).toEqual([]);
    } finally {
      await links.close();
    }
  });

  test('a secret is shown once, versions guard changes, and the change feed has them', async () => {
    const { next_token: since } = (await api.get<{ next_token: string }>('/v1/changes?types=webhook')).body;
    const body = { url: receiver.url, event_types: ['tasks.created'] };
    const headers = { 'idempotency-key': 'webhook' };
    const first = await api.post<NewWebhook>('/v1/webhooks', body, headers);
    const again = await api.post<ErrorBody>('/v1/webhooks', body, headers);
    expect([first.status, again.status, again.body.error.code]).toEqual([201, 409, 'secret_already_shown']);
    const { id } = first.body;
    const read = await api.get<Webhook>(`/v1/webhooks/${id}`);
    expect(JSON.stringify(read.body)).not.toContain(first.body.secret);
    const patch = { description: 'Wallboard' };
    const path = `/v1/webhooks/${id}`;
    expect((await api.patch(path, patch, { 'if-match': '"7"' })).status).toBe(412);
    const tag = read.headers.get('etag') ?? '';
    expect((await api.patch(path, patch, { 'if-match': tag })).status).toBe(200);
    expect((await api.delete(path)).status).toBe(204);
    await until('the feed has all changes', async () => {
      const page = await api.get<{ items: { thing_id: string; change: string }[] }>(
        `/v1/changes?types=webhook&since=${since}&limit=1000`,
      );
      // In any order.
      const kinds = page.body.items.filter(({ thing_id }) => thing_id === id).map(({ change }) => change);
      return kinds.toSorted().join(' ') === 'created deleted updated';
    });
  });

  test('faults of the input are named', async () => {
    const faulty = { url: 'ftp://example.com', event_types: ['task.created'] };
    const { status, body } = await api.post<ErrorBody>('/v1/webhooks', faulty);
    expect([status, body.error.code]).toEqual([422, 'validation_error']);
    const types = await api.post<ErrorBody>('/v1/webhooks', { ...faulty, url: receiver.url });
    expect(types.body.error.details).toEqual([
      { field: 'event_types[0]', code: 'not_one_of', issue: expect.stringContaining('expected one of *, ') },
    ]);
  });
});
