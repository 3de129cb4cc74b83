// Creates workspaces and keys for the operator, without the API. Running nodes receive the events from the outbox.
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { OutboxSignal } from '@mono/bus/outbox';
import { OPERATOR, type CreateWorkspace, type Workspace } from '@mono/auth/contract';
import { ApiKeysController, insertWorkspace } from '@mono/auth/module';
import type { CallContext } from '@mono/contract';
import type { Database } from '@mono/platform';

/** @param workspaceId the workspace in which the operator acts; absent while it is created. */
export function operatorIn(workspaceId: string): CallContext {
  return {
    principal: { kind: 'system', id: `cli:${userInfo().username}`, workspaceId, scopes: ['*', OPERATOR] },
    requestId: randomUUID(),
    source: 'cli',
  };
}

export function makeWorkspace(database: Database, { name, timezone = 'UTC' }: CreateWorkspace): Promise<Workspace> {
  return insertWorkspace(database, operatorIn(''), { name, timezone });
}

export function apiKeysOf(database: Database, environment: string): ApiKeysController {
  return new ApiKeysController(database, new OutboxSignal(), { environment });
}

/** @returns the key itself. */
export async function makeApiKeyIn(
  database: Database,
  environment: string,
  workspaceId: string,
  input: { name: string; scopes: string[] },
): Promise<string> {
  const { key } = await apiKeysOf(database, environment).createApiKey(input, operatorIn(workspaceId));
  return key;
}
