// Whom a task can be given to: members of the workspace, which auth knows.
import { InvalidInputError } from '@mono/platform/errors';
import type { CallContext } from '@mono/platform';
import type { MembersApi } from '@mono/auth/contract';

/** A call that may assign tasks. */
export interface AssigningContext extends CallContext {
  /** Of the users that it names, those who are not in the workspace. */
  strangers: ReadonlySet<string>;
}

type Assigning = { assignee_id?: string | null | undefined };

const NOBODY: ReadonlySet<string> = new Set();

export class Assignees {
  constructor(private readonly members: Pick<MembersApi, 'membersAmong'>) {}

  /** Asked before any row is locked, and only where somebody is named. @throws UnavailableError without auth. */
  async lookUp(context: CallContext, inputs: readonly Assigning[]): Promise<AssigningContext> {
    const named = new Set(inputs.flatMap(({ assignee_id: id }) => id?.toLowerCase() ?? []));
    if (named.size === 0) return { ...context, strangers: NOBODY };
    const members = await this.members.membersAmong(context.principal.workspaceId, [...named]);
    for (const id of members) named.delete(id);
    return { ...context, strangers: named };
  }
}

/** Who has left keeps what they have. @throws InvalidInputError */
export function demandAssignable(
  { strangers }: AssigningContext,
  { assignee_id: id }: Assigning,
  present: string | null = null,
): void {
  if (typeof id !== 'string' || id === present || !strangers.has(id.toLowerCase())) return;
  throw new InvalidInputError([{ field: 'assignee_id', issue: 'must be a member of the workspace' }]);
}
