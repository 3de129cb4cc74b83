// The events of this module: subjects `events.webhooks.v1.<event>` on the stream EVENTS_WEBHOOKS. None contains a secret: of a URL,
// they have scheme and host only.
import { defineEvents, EventBody } from '@mono/contract';
import type { DisabledReason } from './webhook.dto.js';

abstract class OfWebhook extends EventBody {
  aggregate: 'webhook';
  workspace_id: string;
  /** The origin of the request: an address, `nats`, or `job` and `event` where the module itself changed the webhook. */
  source: string;
}

export class WebhookEvent extends OfWebhook {
  event: 'created' | 'updated' | 'secret_rotated' | 'deleted';
}

/** The module has disabled the webhook. Its creator gets a mail. */
export class WebhookDisabled extends OfWebhook {
  event: 'disabled';
  reason: DisabledReason;
  url_host: string;
  description: string;
  creator: { kind: 'api_key' | 'user'; id: string };
  /** null where an API key is the creator. */
  creator_user_id: string | null;
  /** RFC 3339, UTC: the first of the failed attempts without a success since; null where none has failed. */
  failing_since: string | null;
}

export const webhooksEvents = defineEvents('webhooks', {
  created: WebhookEvent,
  updated: WebhookEvent,
  secret_rotated: WebhookEvent,
  deleted: WebhookEvent,
  disabled: WebhookDisabled,
});
