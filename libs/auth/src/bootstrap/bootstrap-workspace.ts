// First start: the default workspace and its first API key, in one transaction.
import { timingSafeEqual } from 'node:crypto';
import type { TransactionalExecutor } from '@mono/platform';
import { parseApiKey } from '../../contract/index.js';
import { findCredentials, insertFirstKey } from '../persistence/api-key-secrets.js';
import { insertDefaultWorkspace } from '../persistence/workspaces.js';

/** Every right within the workspace, and the installation's own routes. */
const FIRST_KEY_SCOPES = ['*', 'operator'];

/**
 * Makes the default workspace with `apiKey` as its first key, unless there is one already. Several nodes may call it at
 * once, and a node that died before it showed the key may call it again with the same key.
 * @returns `created` now, `present` when this very key is there from before, `other` when the installation has begun with another.
 * @throws TypeError when `apiKey` has not the form of a key.
 */
export async function bootstrapWorkspace(
  database: TransactionalExecutor,
  apiKey: string,
): Promise<'created' | 'present' | 'other'> {
  const key = parseApiKey(apiKey);
  if (!key) throw new TypeError('Not an API key: expected mono_<env>_<12 hex>_<43 base64url>.');
  return database.transaction(async (transaction) => {
    const workspaceId = await insertDefaultWorkspace(transaction, 'Default');
    if (workspaceId !== undefined) {
      await insertFirstKey(transaction, workspaceId, key, FIRST_KEY_SCOPES);
      return 'created';
    }
    const stored = (await findCredentials(transaction, [key.shortId])).get(key.shortId);
    return stored && timingSafeEqual(stored.secret_hash, key.secretHash) ? 'present' : 'other';
  });
}
