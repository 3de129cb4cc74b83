// The store of workspaces.
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';

/** @returns the new workspace's id, or undefined when the default workspace exists already. */
export async function insertDefaultWorkspace(on: Executor, name: string): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>(
    `INSERT INTO auth.workspace (id, name, is_default) VALUES ($1, $2, true) ON CONFLICT (is_default) WHERE is_default DO NOTHING RETURNING id`,
    [uuidv7(), name],
  );
  return row?.id;
}

export async function findDefaultWorkspaceId(on: Executor): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>('SELECT id FROM auth.workspace WHERE is_default');
  return row?.id;
}
