// Webhooks with a filter over both doors, on one node and with a process for each module.
import type { NewWebhook, Webhook } from '@mono/webhooks/contract';
import type { ApiClient, ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, type Person } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';
import { Receiver } from '../support/webhook-receiver.ts';

interface Made {
  id: string;
}

describe.each(TOPOLOGIES)('webhooks with a filter, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let links: MailLinks;
  let receiver: Receiver;
  let ada: Person;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    links = await MailLinks.open(installation);
    ada = await memberOf(installation.server.url, links, installation.workspaceId, 'admin');
    receiver = await Receiver.start();
  });
  afterAll(() => Promise.all([receiver?.close(), links?.close()]));

  async function hook(body: object): Promise<NewWebhook> {
    const answer = await ada.api.post<NewWebhook>('/v1/webhooks', { url: receiver.url, event_types: ['*'], ...body });
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return answer.body;
  }

  async function task(title: string, more: object = {}): Promise<string> {
    return (await api.post<Made>('/v1/tasks', { title, ...more })).body.id;
  }

  function receivedOf(id: string): string[] {
    return receiver.received
      .filter(({ body }) => body.data['thing_id'] === id)
      .map(({ body }) => [body.type, body.data['version']].join(' '));
  }

  test('a task is sent from the change that makes it match to the one that ends it', async () => {
    const { id } = await hook({ filter: 'assignee:me & !tag:quiet' });
    const mine = await task('Mine');
    await api.patch(`/v1/tasks/${mine}`, { assignee_id: ada.id });
    await api.patch(`/v1/tasks/${mine}`, { priority: 'high' });
    await api.patch(`/v1/tasks/${mine}`, { tags: ['quiet'] });
    await api.patch(`/v1/tasks/${mine}`, { title: 'Mine, in silence' });
    await api.post('/v1/lists', { title: 'No task' });
    const last = await task('Also mine', { assignee_id: ada.id });
    await until('the last one has arrived', () => receivedOf(last).length > 0);
    await until('those before have arrived', () => receivedOf(mine).length === 3);
    expect(receivedOf(mine)).toEqual(['tasks.updated 2', 'tasks.updated 3', 'tasks.updated 4']);
    expect(new Set(receiver.received.map(({ body }) => body.data['thing_id']))).toEqual(new Set([mine, last]));
    expect((await ada.api.delete(`/v1/webhooks/${id}`)).status).toBe(204);
  });

  test('a saved filter counts as it is now, and its deletion disables the webhook', async () => {
    const saved = await ada.api.post<Made>('/v1/filters', { name: 'Errands', filter: 'tag:errand' });
    const { id } = await hook({ filter_id: saved.body.id });
    const errand = await task('Errand', { tags: ['errand'] });
    await until('the errand has arrived', () => receivedOf(errand).length > 0);
    await ada.api.delete(`/v1/filters/${saved.body.id}`);
    const disabled = await until('the webhook is disabled', async () => {
      await task('Another errand', { tags: ['errand'] });
      const { body } = await ada.api.get<Webhook>(`/v1/webhooks/${id}`);
      return !body.enabled && body;
    });
    expect(disabled.disabled_reason).toBe('filter');
    const again = await ada.api.patch<Webhook>(`/v1/webhooks/${id}`, { filter_id: null, enabled: true });
    expect(again.body).toMatchObject({ enabled: true, disabled_reason: null, filter_id: null });
    expect((await ada.api.delete(`/v1/webhooks/${id}`)).status).toBe(204);
  });

  test('a filter is checked over both doors', async () => {
    const bad = await ada.api.post<ErrorBody>('/v1/webhooks', {
      url: receiver.url,
      event_types: ['tasks.*'],
      filter: 'due < soon',
    });
    expect([bad.status, bad.body.error.details]).toEqual([
      422,
      [{ field: 'filter', code: 'wrong_format', issue: expect.stringContaining('"soon" is not a date') }],
    ]);
    const nats = await NatsClient.connect(installation.nats.url, installation.key);
    try {
      const personal = await ada.api.post<Made>('/v1/filters', { name: 'Mine', filter: 'open' });
      const input = { url: receiver.url, event_types: ['tasks.*'], filter_id: personal.body.id };
      const hidden = await nats.call<ErrorBody['error']>('api.webhooks.create_webhook', input);
      expect([hidden.status, JSON.stringify(hidden.body)]).toEqual([404, expect.stringContaining('filter_not_found')]);
      const types = { url: receiver.url, event_types: ['time-tracking.*'], filter: 'open' };
      const others = await nats.call('api.webhooks.create_webhook', types);
      expect([others.status, JSON.stringify(others.body)]).toEqual([422, expect.stringContaining('event_types')]);
    } finally {
      await nats.close();
    }
  });
});
