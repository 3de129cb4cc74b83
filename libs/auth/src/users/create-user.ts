// A user whom the operator makes: the first person of an installation, or one where nobody can sign up.
import { ConflictError, type TransactionalExecutor } from '@mono/platform';
import type { Role } from '../../contract/index.js';
import { Passwords } from '../passwords/passwords.js';
import { insertMember } from '../persistence/members.js';
import { tell, type Origin } from '../persistence/user-events.js';
import { insertUser } from '../persistence/users.js';
import { findDefaultWorkspaceId } from '../persistence/workspaces.js';

export interface CreatedUser {
  email: string;
  name: string;
  password: string;
  timezone?: string;
  role: Role;
  /** Default: the workspace that the first start has made. */
  workspaceId?: string;
}

/**
 * The address counts as proven: the operator vouches for it.
 * @returns the user's id.
 * @throws ConflictError `email_in_use`; Error before the first start has made the default workspace.
 */
export async function createUser(
  database: TransactionalExecutor,
  { email, name, password, timezone = 'UTC', role, workspaceId }: CreatedUser,
  origin: Origin = { requestId: 'cli', source: 'cli' },
): Promise<string> {
  const passwordHash = await new Passwords().hash(password);
  return database.transaction(async (on) => {
    const workspace = workspaceId ?? (await findDefaultWorkspaceId(on));
    if (workspace === undefined) throw new Error('There is no default workspace: start the service once first.');
    const user = await insertUser(on, { email, name, timezone, passwordHash, verified: true });
    if (!user) throw new ConflictError('email_in_use', 'There is a user with this address already.');
    const doer = { principal: { kind: 'system', id: 'operator' }, ...origin } as const;
    await insertMember(on, doer, { workspaceId: workspace, userId: user.id }, role);
    await tell(on, origin, { event: 'user_created', user, byStranger: true });
    return user.id;
  });
}
