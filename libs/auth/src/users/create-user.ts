// A user that the operator creates: the first one of an installation, or one where sign-up is disabled.
import type { TransactionalExecutor } from '@mono/platform';
import { authErrors, type NewUser } from '../../contract/index.js';
import { Passwords } from '../passwords/passwords.js';
import { insertMember } from '../persistence/members.js';
import { addUserEvent } from '../persistence/user-events.js';
import { insertUser } from '../persistence/users.js';
import { findDefaultWorkspaceId, readWorkspace } from '../persistence/workspaces.js';

const OPERATOR = { principal: { kind: 'system', id: 'operator' }, requestId: 'cli', source: 'cli' } as const;

/**
 * The address counts as verified: the operator vouches for it.
 * @returns the ids of the user and of the workspace. Default: the default workspace, which the first start creates.
 * @throws DomainError `email_in_use`, `workspace_not_found`; Error before the first start.
 */
export async function createUser(
  database: TransactionalExecutor,
  { email, name, password, timezone, role, workspace_id }: NewUser,
): Promise<{ id: string; workspaceId: string }> {
  const passwordHash = await new Passwords().hash(password);
  return database.transaction(async (on) => {
    const workspaceId = workspace_id ?? (await findDefaultWorkspaceId(on));
    if (workspaceId === undefined) throw new Error('No default workspace exists: start the service once first.');
    const workspace = await readWorkspace(on, workspaceId);
    if (!workspace) throw authErrors.workspace_not_found({ id: workspaceId });
    const zone = timezone ?? workspace.timezone;
    const user = await insertUser(on, { email, name, timezone: zone, passwordHash, verified: true });
    if (!user) throw authErrors.email_in_use();
    await addUserEvent(on, OPERATOR, { event: 'user_created', user, by: OPERATOR.principal });
    await insertMember(on, OPERATOR, { workspaceId, userId: user.id }, role);
    return { id: user.id, workspaceId };
  });
}
