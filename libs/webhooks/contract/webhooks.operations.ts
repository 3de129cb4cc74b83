import { del, get, idOf, operations, patch, path, post } from '@mono/contract';
import { DeliveryPage, DeliveryQuery, WebhookDeliveryDetails } from './delivery.dto.js';
import {
  CreateWebhook,
  NewWebhook,
  RotateWebhookSecret,
  Webhook,
  WebhookPage,
  WebhookPatch,
  WebhookQuery,
} from './webhook.dto.js';
import { webhooksErrors } from './webhooks.errors.js';

const id = idOf('webhook');
const webhook = path('/v1/webhooks/:id', { id });
const delivery = { id, delivery_id: idOf('delivery') };
/** The version, and what changes without one. */
const etag = ({ version, pending, failing_since: since }: Webhook): string =>
  [version, pending, since === null ? 0 : Date.parse(since)].join('.');

/** Longer than one attempt to deliver. */
const TEST_TIMEOUT_MS = 75_000;

/**
 * Callers see their own webhooks; callers without limits see all. A webhook sends what its user may read, so that a narrowed
 * token must not reach it.
 */
const READS = { scope: 'webhooks:read', respectsLists: true, personalTokens: 'whole' } as const;
const WRITES = { scope: 'webhooks:write', respectsLists: true, personalTokens: 'whole' } as const;

export const webhooksOperations = operations(
  'webhooks',
  { tag: 'webhooks', errors: webhooksErrors },
  {
    createWebhook: post('/v1/webhooks', {
      ...WRITES,
      summary: 'Create a webhook',
      description:
        'Sends events to a URL by Standard Webhooks, each at least once: receivers ignore a known `webhook-id`. The answer shows the secret once.',
      answer: 'The created webhook with its secret.',
      body: CreateWebhook,
      reply: NewWebhook,
      showsSecret: true,
      etag,
      location: (created) => `/v1/webhooks/${created.id}`,
      idempotencyKey: true,
      errors: ['list_not_found', 'filter_not_found', 'too_many_webhooks', 'secret_already_shown'],
    }),
    findWebhooks: get('/v1/webhooks', {
      ...READS,
      summary: 'List the webhooks',
      description:
        'Callers see their own webhooks; callers without limits see all of the workspace. Secrets are not shown.',
      answer: 'A page of webhooks, the oldest first.',
      query: WebhookQuery,
      reply: WebhookPage,
    }),
    getWebhook: get(webhook, {
      ...READS,
      summary: 'Get a webhook',
      description: 'Shows the URL, the types of events and the number of pending deliveries, without the secret.',
      answer: 'The webhook, without its secret.',
      reply: Webhook,
      etag,
      errors: ['webhook_not_found'],
    }),
    updateWebhook: patch(webhook, {
      ...WRITES,
      summary: 'Update a webhook',
      description:
        'Changes the given fields, as a JSON Merge Patch. `enabled: true` enables a webhook that was disabled after failures.',
      answer: 'The updated webhook.',
      patch: WebhookPatch,
      reply: Webhook,
      etag,
      ifMatch: true,
      errors: ['webhook_not_found', 'list_not_found', 'filter_not_found'],
    }),
    deleteWebhook: del(webhook, {
      ...WRITES,
      summary: 'Delete a webhook',
      description: 'Its deliveries are deleted with it.',
      answer: 'The webhook is deleted.',
      ifMatch: true,
      errors: ['webhook_not_found'],
    }),
    rotateWebhookSecret: post(path('/v1/webhooks/:id/rotate-secret', { id }), {
      ...WRITES,
      summary: 'Rotate the secret of a webhook',
      description: 'Until the overlap ends, attempts are signed with both secrets. The answer shows the new one once.',
      answer: 'The webhook with its new secret.',
      body: RotateWebhookSecret,
      reply: NewWebhook,
      showsSecret: true,
      etag,
      idempotencyKey: true,
      errors: ['webhook_not_found', 'secret_already_shown'],
    }),
    testWebhook: post(path('/v1/webhooks/:id/test', { id }), {
      ...WRITES,
      summary: 'Send a test event to a webhook',
      description: 'Sends an event of the type `webhooks.test` at once and once, also while the webhook is disabled.',
      answer: 'The delivery with its outcome.',
      reply: WebhookDeliveryDetails,
      timeoutMs: TEST_TIMEOUT_MS,
      errors: ['webhook_not_found'],
    }),
    findDeliveries: get(path('/v1/webhooks/:id/deliveries', { id }), {
      ...READS,
      summary: 'List the deliveries of a webhook',
      description: 'Events sent or to be sent to the URL, with their state and number of attempts.',
      answer: 'A page of deliveries, the oldest first.',
      query: DeliveryQuery,
      reply: DeliveryPage,
      errors: ['webhook_not_found'],
    }),
    getDelivery: get(path('/v1/webhooks/:id/deliveries/:delivery_id', delivery), {
      ...READS,
      summary: 'Get a delivery',
      description: 'Shows the event as sent, and status and time of the last attempt.',
      answer: 'The delivery with its last attempt.',
      reply: WebhookDeliveryDetails,
      errors: ['webhook_not_found', 'delivery_not_found'],
    }),
    redeliver: post(path('/v1/webhooks/:id/deliveries/:delivery_id/redeliver', delivery), {
      ...WRITES,
      summary: 'Send a delivery again',
      description: 'With the same `webhook-id`, whatever became of it before.',
      answer: 'The pending delivery.',
      reply: WebhookDeliveryDetails,
      errors: ['webhook_not_found', 'delivery_not_found', 'webhook_disabled'],
    }),
  },
);
