// The store of API keys. A change writes its event in the same statement.
import type { CallContext, Changes, PageRequest } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import {
  authEvents,
  OPERATOR,
  type ApiKeyCredential,
  type ApiKeyEvent,
  type ApiKeyState,
} from '../../contract/index.js';
import { changesOf, eventColumns } from './auth-events.js';

/** The mutable fields of a key. */
export interface ApiKeyFields {
  name: string;
  scopes: readonly string[];
  list_ids: readonly string[] | null;
  allowed_ips: readonly string[] | null;
  expires_at: string | null;
}

export interface ApiKeyRow extends ApiKeyFields {
  id: string;
  credentials: { short_id: string; created_at: string; expires_at: string | null }[] | null;
  last_used_at: string | null;
  revoked_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

const FIELDS = ['name', 'scopes', 'list_ids', 'allowed_ips', 'expires_at'] as const;
const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const COLUMNS = `k.id, k.name, k.scopes, k.list_ids, k.allowed_ips, k.expires_at, k.last_used_at, k.revoked_at, k.version,
  k.created_at, k.updated_at, (
    SELECT json_agg(json_build_object('short_id', s.short_id,
      'created_at', to_char(s.created_at AT TIME ZONE 'UTC', ${INSTANT}),
      'expires_at', to_char(s.expires_at AT TIME ZONE 'UTC', ${INSTANT})) ORDER BY s.created_at)
    FROM auth.api_key_secret s WHERE s.api_key_id = k.id AND coalesce(s.expires_at > now(), true)
  ) AS credentials`;

const EVENT = `event AS (
    INSERT INTO auth.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
    SELECT $3, $4, k.id, k.version, k.updated_at, $5 FROM key k
  )`;

const INSERT: Statement = {
  name: 'auth.insert_api_key',
  text: `WITH key AS (
      INSERT INTO auth.api_key (id, workspace_id, name, scopes, list_ids, allowed_ips, expires_at)
      VALUES ($1, $2, $6, $7, $8, $9, $10) RETURNING *
    ), ${EVENT}
    SELECT id FROM key`,
};

const UPDATE: Statement = {
  name: 'auth.update_api_key',
  text: `WITH key AS (
      UPDATE auth.api_key k SET name = $6, scopes = $7, list_ids = $8, allowed_ips = $9, expires_at = $10, revoked_at = $11,
        version = k.version + 1, updated_at = greatest(clock_timestamp()::timestamptz(3), k.updated_at)
      WHERE k.id = $1 AND k.workspace_id = $2 RETURNING *
    ), ${EVENT}
    SELECT id FROM key`,
};

const INSERT_SECRET: Statement = {
  name: 'auth.insert_api_key_secret',
  text: `INSERT INTO auth.api_key_secret (short_id, api_key_id, environment, secret_hash) VALUES ($1, $2, $3, $4)`,
};

export async function readApiKey(on: Executor, workspaceId: string, id: string): Promise<ApiKeyRow | undefined> {
  const [row] = await on.query<ApiKeyRow>(
    `SELECT ${COLUMNS} FROM auth.api_key k WHERE k.id = $1 AND k.workspace_id = $2`,
    [id, workspaceId],
  );
  return row;
}

/** Until the end of the transaction. */
export async function lockApiKey(on: Executor, workspaceId: string, id: string): Promise<void> {
  await on.query('SELECT FROM auth.api_key WHERE id = $1 AND workspace_id = $2 FOR UPDATE', [id, workspaceId]);
}

const STATES: Readonly<Record<ApiKeyState, string>> = {
  active: 'k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true)',
  expired: 'k.revoked_at IS NULL AND k.expires_at <= now()',
  revoked: 'k.revoked_at IS NOT NULL',
};

export interface ApiKeyFilter {
  workspaceId: string;
  state: ApiKeyState | undefined;
  /** Only keys that reach no further. */
  within: Pick<ApiKeyFields, 'scopes' | 'list_ids'>;
}

export function findApiKeyRows(
  on: Executor,
  filter: ApiKeyFilter,
  { after, descending, fetch, offset }: PageRequest,
): Promise<ApiKeyRow[]> {
  const { where, values } = conditionsOf(filter);
  const past = after ? ` AND k.id ${descending ? '<' : '>'} $${values.length + 1}::uuid` : '';
  return on.query<ApiKeyRow>(
    `SELECT ${COLUMNS} FROM auth.api_key k WHERE ${where}${past}
     ORDER BY k.id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
    after ? [...values, after[0]] : values,
  );
}

export async function countApiKeys(on: Executor, filter: ApiKeyFilter): Promise<number> {
  const { where, values } = conditionsOf(filter);
  const [row] = await on.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM auth.api_key k WHERE ${where}`,
    values,
  );
  return row?.total ?? 0;
}

/** The same rule as `covers`, in SQL: `*` gives every scope but `operator`. */
function conditionsOf({ workspaceId, state, within: { scopes, list_ids } }: ApiKeyFilter): {
  where: string;
  values: unknown[];
} {
  const where = [
    'k.workspace_id = $1',
    state ? STATES[state] : 'true',
    `(k.scopes <@ $2::text[] OR '*' = ANY($2::text[]) AND ($3 = ANY($2::text[]) OR $3 <> ALL(k.scopes)))`,
    '($4::uuid[] IS NULL OR k.list_ids <@ $4::uuid[])',
  ].join(' AND ');
  return { where, values: [workspaceId, scopes, OPERATOR, list_ids] };
}

/** @returns the key's id. */
export async function insertApiKey(on: Executor, context: CallContext, fields: ApiKeyFields): Promise<string> {
  const id = uuidv7();
  const event = keyEvent(context, id, 'api_key_created', keyChanges(undefined, fields));
  await on.query(INSERT, [id, context.principal.workspaceId, ...event, ...valuesOf(fields)]);
  return id;
}

export async function insertSecret(
  on: Executor,
  id: string,
  { shortId, environment, secretHash }: ApiKeyCredential,
): Promise<void> {
  await on.query(INSERT_SECRET, [shortId, id, environment, secretHash]);
}

/** To a locked row. */
export async function updateApiKey(
  on: Executor,
  context: CallContext,
  row: ApiKeyRow,
  change: { event: ApiKeyEvent['event']; fields: ApiKeyFields; revokedAt?: string },
): Promise<void> {
  const changes = { ...keyChanges(row, change.fields), ...revocation(change.revokedAt) };
  const event = keyEvent(context, row.id, change.event, changes);
  const values = [...valuesOf(change.fields), change.revokedAt ?? row.revoked_at];
  await on.query(UPDATE, [row.id, context.principal.workspaceId, ...event, ...values]);
}

/** The secrets that a key has had so far end in so many seconds, or before. */
export async function endSecrets(on: Executor, id: string, seconds: number): Promise<void> {
  await on.query(
    `UPDATE auth.api_key_secret SET expires_at = least(expires_at, now() + make_interval(secs => $2)) WHERE api_key_id = $1`,
    [id, seconds],
  );
}

export function keyChanges(from: ApiKeyFields | undefined, to: ApiKeyFields): Changes {
  return changesOf(FIELDS, from, to);
}

function revocation(at: string | undefined): Changes {
  return at === undefined ? {} : { revoked_at: { from: null, to: at } };
}

function valuesOf({ name, scopes, list_ids, allowed_ips, expires_at }: ApiKeyFields): unknown[] {
  return [name, scopes, list_ids, allowed_ips, expires_at];
}

function keyEvent(context: CallContext, id: string, event: ApiKeyEvent['event'], changes: Changes): unknown[] {
  const { workspaceId } = context.principal;
  const about = { aggregate: 'api_key', aggregate_id: id, workspace_id: workspaceId, changes } as const;
  return eventColumns(context, authEvents[event], about);
}
