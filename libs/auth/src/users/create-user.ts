// A user whom the operator makes: the first person of an installation, or one where nobody can sign up.
import { ConflictError, NotFoundError } from '@mono/contract';
import type { TransactionalExecutor } from '@mono/platform';
import type { NewUser } from '../../contract/index.js';
import { Passwords } from '../passwords/passwords.js';
import { insertMember } from '../persistence/members.js';
import { tell } from '../persistence/user-events.js';
import { insertUser } from '../persistence/users.js';
import { findDefaultWorkspaceId, readWorkspace } from '../persistence/workspaces.js';

const OPERATOR = { principal: { kind: 'system', id: 'operator' }, requestId: 'cli', source: 'cli' } as const;

/**
 * The address counts as proven: the operator vouches for it.
 * @returns the user's id, and the workspace's: the one that the first start has made, unless another is named.
 * @throws ConflictError `email_in_use`; NotFoundError `workspace_not_found`; Error before the first start has made a workspace.
 */
export async function createUser(
  database: TransactionalExecutor,
  { email, name, password, timezone = 'UTC', role = 'owner', workspace_id }: NewUser,
): Promise<{ id: string; workspaceId: string }> {
  const passwordHash = await new Passwords().hash(password);
  return database.transaction(async (on) => {
    const workspaceId = workspace_id ?? (await findDefaultWorkspaceId(on));
    if (workspaceId === undefined) throw new Error('There is no default workspace: start the service once first.');
    if (!(await readWorkspace(on, workspaceId))) throw new NotFoundError('workspace', workspaceId);
    const user = await insertUser(on, { email, name, timezone, passwordHash, verified: true });
    if (!user) throw new ConflictError('email_in_use', 'There is a user with this address already: invite them.');
    await tell(on, OPERATOR, { event: 'user_created', user, by: OPERATOR.principal });
    await insertMember(on, OPERATOR, { workspaceId, userId: user.id }, role);
    return { id: user.id, workspaceId };
  });
}
