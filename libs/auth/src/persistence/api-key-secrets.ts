// The store of secrets of API keys, for their verification.
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { ApiKeyCredential } from '../../contract/index.js';

export interface StoredCredential {
  short_id: string;
  id: string;
  workspace_id: string;
  /** The zone of the workspace. */
  timezone: string;
  environment: string;
  secret_hash: Buffer;
  scopes: string[];
  list_ids: string[] | null;
  allowed_ips: string[] | null;
  /** The earlier end of key and secret. */
  expires_at: string | null;
}

const FIND: Statement = {
  name: 'auth.find_credentials',
  text: `SELECT s.short_id, k.id, k.workspace_id, w.timezone, s.environment, s.secret_hash, k.scopes, k.list_ids, k.allowed_ips,
      least(k.expires_at, s.expires_at) AS expires_at
    FROM auth.api_key_secret s JOIN auth.api_key k ON k.id = s.api_key_id JOIN auth.workspace w ON w.id = k.workspace_id
    WHERE s.short_id = ANY($1::text[]) AND k.revoked_at IS NULL
      AND coalesce(least(k.expires_at, s.expires_at) > now(), true)`,
};

/** @returns the valid ones, by short id. */
export async function findCredentials(
  on: Executor,
  shortIds: readonly string[],
): Promise<ReadonlyMap<string, StoredCredential>> {
  const rows = await on.query<StoredCredential>(FIND, [shortIds]);
  return new Map(rows.map((row) => [row.short_id, row]));
}

/** The first key of an installation has no creator. @returns its id. */
export async function insertFirstKey(
  on: Executor,
  workspaceId: string,
  { shortId, environment, secretHash }: ApiKeyCredential,
  scopes: readonly string[],
): Promise<string> {
  const id = uuidv7();
  await on.query(
    `WITH key AS (INSERT INTO auth.api_key (id, workspace_id, name, scopes) VALUES ($1, $2, 'First key', $3))
     INSERT INTO auth.api_key_secret (short_id, api_key_id, environment, secret_hash) VALUES ($4, $1, $5, $6)`,
    [id, workspaceId, scopes, shortId, environment, secretHash],
  );
  return id;
}

export type UsedTable = 'api_key' | 'personal_token';

/** To the minute, so that a busy key is not written all the time. */
export async function noteUse(
  on: Executor,
  table: UsedTable,
  ids: readonly string[],
  times: readonly string[],
): Promise<void> {
  await on.query(
    `UPDATE auth.${table} k SET last_used_at = u.at
     FROM (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at) ORDER BY id) u
     WHERE k.id = u.id AND coalesce(k.last_used_at < u.at - interval '1 minute', true)`,
    [ids, times],
  );
}
