import { hasScope, type Principal } from '@mono/contract';
import { webhooksErrors } from '../../contract/index.js';
import type { WebhookFilter, WebhookRow } from './webhook.store.js';

/** Callers see their own webhooks. Others show what their creator may read: only callers that may read everything see them. */
export function filterOf(principal: Principal): WebhookFilter {
  const seesAll = hasScope(principal, '*') && principal.listIds === undefined;
  return { workspaceId: principal.workspaceId, creatorId: seesAll ? undefined : principal.id };
}

/** @throws DomainError `webhook_not_found`. */
export function requireWebhook(row: WebhookRow | undefined, id: string): WebhookRow {
  if (!row) throw webhooksErrors.webhook_not_found({ id });
  return row;
}
