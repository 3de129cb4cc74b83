// The store of workspaces and API keys.
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { ApiKey } from '../../contract/index.js';

export interface StoredApiKey {
  id: string;
  workspace_id: string;
  environment: string;
  secret_hash: Buffer;
  scopes: string[];
}

const FIND: Statement = {
  name: 'auth.find_api_key',
  text: `SELECT id, workspace_id, environment, secret_hash, scopes FROM auth.api_key WHERE short_id = $1`,
};

export async function findApiKey(on: Executor, shortId: string): Promise<StoredApiKey | undefined> {
  const [row] = await on.query<StoredApiKey>(FIND, [shortId]);
  return row;
}

export async function insertApiKey(
  on: Executor,
  workspaceId: string,
  name: string,
  key: ApiKey,
  scopes: readonly string[],
): Promise<void> {
  await on.query(
    `INSERT INTO auth.api_key (id, workspace_id, name, environment, short_id, secret_hash, scopes) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [uuidv7(), workspaceId, name, key.environment, key.shortId, key.secretHash, scopes],
  );
}

/** @returns the new workspace's id, or undefined when the default workspace exists already. */
export async function insertDefaultWorkspace(on: Executor, name: string): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>(
    `INSERT INTO auth.workspace (id, name, is_default) VALUES ($1, $2, true) ON CONFLICT (is_default) WHERE is_default DO NOTHING RETURNING id`,
    [uuidv7(), name],
  );
  return row?.id;
}
