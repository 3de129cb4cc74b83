// The table of webhooks.
import { Injectable } from '@nestjs/common';
import type { PageRequest } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { DisabledReason, Webhook } from '../../contract/index.js';

export interface WebhookRow {
  id: string;
  workspace_id: string;
  url: string;
  event_types: string[];
  list_id: string | null;
  filter: string | null;
  filter_id: string | null;
  description: string;
  enabled: boolean;
  disabled_reason: DisabledReason | null;
  creator_kind: 'api_key' | 'user';
  creator_id: string;
  creator_list_ids: string[] | null;
  previous_secret_expires_at: string | null;
  active_since: string;
  pending: number;
  failures: number;
  failing_since: string | null;
  paused_until: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export type WebhookFields = Pick<
  WebhookRow,
  'url' | 'event_types' | 'list_id' | 'filter' | 'filter_id' | 'description' | 'enabled'
>;
export type NewWebhookRow = WebhookFields &
  Pick<WebhookRow, 'creator_kind' | 'creator_id' | 'creator_list_ids'> & { secret: string };

/** The webhooks that a caller sees. */
export interface WebhookFilter {
  workspaceId: string;
  /** undefined: of any. */
  creatorId: string | undefined;
}

export const WEBHOOK_COLUMNS = `w.id, w.workspace_id, w.url, w.event_types, w.list_id, w.filter, w.filter_id, w.description, w.enabled, w.disabled_reason,
  w.creator_kind, w.creator_id, w.creator_list_ids,
  CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret_expires_at END AS previous_secret_expires_at,
  w.active_since, w.pending, w.failures, w.failing_since, w.paused_until, w.version, w.created_at, w.updated_at`;
const MATCHES = 'w.workspace_id = $1 AND ($2::uuid IS NULL OR w.creator_id = $2::uuid)';
/** With each change that clients see. */
const NEXT = 'version = w.version + 1, updated_at = greatest(clock_timestamp(), w.updated_at)';

@Injectable()
export class WebhookStore {
  /** @returns undefined if the workspace has `most` webhooks. */
  async insert(
    on: Executor,
    workspaceId: string,
    webhook: NewWebhookRow,
    most: number,
  ): Promise<WebhookRow | undefined> {
    // Two at once would both find room.
    await on.query(`SELECT pg_advisory_xact_lock(hashtextextended('webhooks.webhook ' || $1, 0))`, [workspaceId]);
    const [row] = await on.query<WebhookRow>(
      `INSERT INTO webhooks.webhook AS w (id, workspace_id, url, event_types, list_id, description, enabled, creator_kind,
         creator_id, creator_list_ids, secret, filter, filter_id)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
       WHERE (SELECT count(*) FROM webhooks.webhook WHERE workspace_id = $2) < $14 RETURNING ${WEBHOOK_COLUMNS}`,
      [
        uuidv7(),
        workspaceId,
        webhook.url,
        webhook.event_types,
        webhook.list_id,
        webhook.description,
        webhook.enabled,
        webhook.creator_kind,
        webhook.creator_id,
        webhook.creator_list_ids,
        webhook.secret,
        webhook.filter,
        webhook.filter_id,
        most,
      ],
    );
    return row;
  }

  async find(on: Executor, id: string, filter: WebhookFilter): Promise<WebhookRow | undefined> {
    return this.findWith(on, id, filter, '');
  }

  /** Until the end of the transaction nobody else changes it, records for it or claims its deliveries. */
  async lock(on: Executor, id: string, filter: WebhookFilter): Promise<WebhookRow | undefined> {
    return this.findWith(on, id, filter, ' FOR NO KEY UPDATE');
  }

  page(
    on: Executor,
    { workspaceId, creatorId }: WebhookFilter,
    { after, descending, fetch, offset }: PageRequest,
  ): Promise<WebhookRow[]> {
    const past = after ? ` AND w.id ${descending ? '<' : '>'} $3::uuid` : '';
    return on.query<WebhookRow>(
      `SELECT ${WEBHOOK_COLUMNS} FROM webhooks.webhook w WHERE ${MATCHES}${past}
       ORDER BY w.id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
      [workspaceId, creatorId ?? null, ...(after ? [after[0]] : [])],
    );
  }

  async count(on: Executor, { workspaceId, creatorId }: WebhookFilter): Promise<number> {
    const [row] = await on.query<{ total: number }>(
      `SELECT count(*)::int AS total FROM webhooks.webhook w WHERE ${MATCHES}`,
      [workspaceId, creatorId ?? null],
    );
    return row?.total ?? 0;
  }

  /** On a locked row. Once it is enabled again, it begins without failures. */
  async update(on: Executor, before: WebhookRow, fields: WebhookFields): Promise<WebhookRow> {
    const begins = fields.enabled && !before.enabled;
    const fresh = begins
      ? ', disabled_reason = NULL, active_since = now(), failures = 0, failing_since = NULL, paused_until = NULL'
      : '';
    const [row] = await on.query<WebhookRow>(
      `UPDATE webhooks.webhook w SET url = $3, event_types = $4, list_id = $5, description = $6, enabled = $7, filter = $8, filter_id = $9, ${NEXT}${fresh}
       WHERE w.workspace_id = $1 AND w.id = $2 RETURNING ${WEBHOOK_COLUMNS}`,
      [
        before.workspace_id,
        before.id,
        fields.url,
        fields.event_types,
        fields.list_id,
        fields.description,
        fields.enabled,
        fields.filter,
        fields.filter_id,
      ],
    );
    return required(row);
  }

  /** On a locked row. The secret before the previous one ends. */
  async rotate(on: Executor, before: WebhookRow, secret: string, overlapSeconds: number): Promise<WebhookRow> {
    const [row] = await on.query<WebhookRow>(
      `UPDATE webhooks.webhook w SET secret = $3, previous_secret = w.secret,
         previous_secret_expires_at = now() + make_interval(secs => $4), ${NEXT}
       WHERE w.workspace_id = $1 AND w.id = $2 RETURNING ${WEBHOOK_COLUMNS}`,
      [before.workspace_id, before.id, secret, overlapSeconds],
    );
    return required(row);
  }

  /** On a locked row. */
  async disable(on: Executor, before: WebhookRow, reason: DisabledReason): Promise<WebhookRow> {
    const [row] = await on.query<WebhookRow>(
      `UPDATE webhooks.webhook w SET enabled = false, disabled_reason = $3, paused_until = NULL, ${NEXT}
       WHERE w.workspace_id = $1 AND w.id = $2 RETURNING ${WEBHOOK_COLUMNS}`,
      [before.workspace_id, before.id, reason],
    );
    return required(row);
  }

  /** @returns the current secret first, then the previous one while it is valid. */
  async secrets(on: Executor, { workspace_id, id }: Pick<WebhookRow, 'workspace_id' | 'id'>): Promise<string[]> {
    const [row] = await on.query<{ secrets: string[] }>(
      `SELECT array_remove(ARRAY[secret, CASE WHEN previous_secret_expires_at > now() THEN previous_secret END], NULL) AS secrets
       FROM webhooks.webhook WHERE workspace_id = $1 AND id = $2`,
      [workspace_id, id],
    );
    return row?.secrets ?? [];
  }

  async delete(on: Executor, { workspace_id, id }: Pick<WebhookRow, 'workspace_id' | 'id'>): Promise<void> {
    await on.query('DELETE FROM webhooks.webhook WHERE workspace_id = $1 AND id = $2', [workspace_id, id]);
  }

  /** In a transaction, which locks them. @param workspaceId undefined: in any. */
  lockOfCreator(on: Executor, creatorId: string, workspaceId: string | undefined): Promise<WebhookRow[]> {
    return on.query<WebhookRow>(
      `SELECT ${WEBHOOK_COLUMNS} FROM webhooks.webhook w
       WHERE w.creator_id = $1 AND ($2::uuid IS NULL OR w.workspace_id = $2) ORDER BY w.id FOR NO KEY UPDATE`,
      [creatorId, workspaceId ?? null],
    );
  }

  async setListsOfCreator(
    on: Executor,
    workspaceId: string,
    creatorId: string,
    listIds: readonly string[] | null,
  ): Promise<void> {
    await on.query(
      `UPDATE webhooks.webhook SET creator_list_ids = $3
       WHERE workspace_id = $1 AND creator_id = $2 AND creator_list_ids IS DISTINCT FROM $3::uuid[]`,
      [workspaceId, creatorId, listIds],
    );
  }

  private async findWith(
    on: Executor,
    id: string,
    { workspaceId, creatorId }: WebhookFilter,
    locking: string,
  ): Promise<WebhookRow | undefined> {
    const [row] = await on.query<WebhookRow>(
      {
        name: `webhooks.find_webhook${locking ? '_locked' : ''}`,
        text: `SELECT ${WEBHOOK_COLUMNS} FROM webhooks.webhook w WHERE ${MATCHES} AND w.id = $3${locking}`,
      },
      [workspaceId, creatorId ?? null, id],
    );
    return row;
  }
}

export function toWebhook(row: WebhookRow): Webhook {
  return {
    id: row.id,
    url: row.url,
    event_types: row.event_types,
    list_id: row.list_id,
    filter: row.filter,
    filter_id: row.filter_id,
    description: row.description,
    enabled: row.enabled,
    disabled_reason: row.disabled_reason,
    creator: { kind: row.creator_kind, id: row.creator_id },
    pending: row.pending,
    failing_since: row.failing_since,
    previous_secret_expires_at: row.previous_secret_expires_at,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function required(row: WebhookRow | undefined): WebhookRow {
  if (!row) throw new Error('Invariant violated: a locked webhook is gone.');
  return row;
}
