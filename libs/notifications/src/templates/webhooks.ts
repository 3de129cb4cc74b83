// The mail about a disabled webhook.
import { layout, type Content } from './layout.js';
import { oneLine } from './sanitize.js';
import { timeText } from './time.js';

export type WebhookFault = 'failing' | 'gone' | 'backlog' | 'creator' | 'filter';

export interface DisabledWebhook {
  name: string;
  /** Without path and query, which may contain a secret of the receiver. */
  host: string;
  /** May be empty. */
  description: string;
  reason: WebhookFault;
  /** An instant (RFC 3339). */
  at: string;
  /** The first failed attempt since the last success: an instant (RFC 3339). */
  failingSince: string | null;
  timeZone: string;
}

export function webhookDisabled({ name, host, description, at, timeZone, ...fault }: DisabledWebhook): Content {
  const [receiver, purpose] = [oneLine(host), oneLine(description)];
  const webhook = `${receiver}${purpose === '' ? '' : ` (“${purpose}”)`}`;
  const since = fault.failingSince === null ? '' : ` since ${timeText(fault.failingSince, timeZone)}`;
  return layout({
    subject: `Webhook disabled: ${receiver}`,
    name,
    before: [
      `The webhook to ${webhook} was disabled on ${timeText(at, timeZone)}. ${REASONS[fault.reason](since)}`,
      REMEDIES[fault.reason],
    ],
    after: ['Changes are not recorded for a disabled webhook, and pending deliveries are cancelled.'],
  });
}

const REASONS: Readonly<Record<WebhookFault, (since: string) => string>> = {
  failing: (since) => `All attempts to deliver to it have failed${since}.`,
  gone: () => 'The receiver answered 410 Gone: it wants no more deliveries.',
  backlog: () => 'Too many deliveries to it were pending.',
  creator: () => 'Its creator may no longer manage webhooks in the workspace.',
  filter: () => 'Its filter was deleted, or names a list or member that no longer exists.',
};

const ENABLE = 'Repair the receiver, then enable the webhook again.';
const REMEDIES: Readonly<Record<WebhookFault, string>> = {
  failing: ENABLE,
  gone: 'If this is intended, delete the webhook. Otherwise, repair the receiver and enable the webhook again.',
  backlog: ENABLE,
  creator: 'If you still need it, create a new webhook.',
  filter: 'Change the filter, then enable the webhook again.',
};
