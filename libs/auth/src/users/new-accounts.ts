import { Injectable } from '@nestjs/common';
import type { PublicContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { insertMember } from '../persistence/members.js';
import { addUserEvent } from '../persistence/user-events.js';
import type { StoredUser } from '../persistence/users.js';
import { insertWorkspace } from '../persistence/workspaces.js';
import { originOf } from './caller.js';

@Injectable()
export class NewAccounts {
  /** Gives a new user a workspace of their own. */
  async welcome(on: Executor, caller: PublicContext, user: StoredUser): Promise<void> {
    const doer = { principal: { kind: 'user', id: user.id }, ...originOf(caller) } as const;
    const personal = await insertWorkspace(on, doer, { name: user.name, timezone: user.timezone });
    await insertMember(on, doer, { workspaceId: personal.id, userId: user.id }, 'owner');
    await addUserEvent(on, originOf(caller), { event: 'user_created', user, byStranger: true });
  }
}
