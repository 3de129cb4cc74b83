// Tasks are assigned to members of the workspace, which auth knows.
import { Inject, Injectable } from '@nestjs/common';
import type { CallContext } from '@mono/contract';
import { Memberships, type Executor, type TransactionalExecutor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import { MembersClient } from '@mono/auth/contract';
import { isOpen } from '../domain/occurrence-revision.js';
import { changesBetween } from '../domain/task-state.js';
import { inTransaction } from '../persistence/in-transaction.js';
import type { TaskChange } from '../persistence/task-records.js';
import { stateOf } from '../persistence/task-reads.js';

export const memberships = new Memberships('tasks');

/** A call that may assign tasks. */
export interface AssigningContext extends CallContext {
  /** The users that it names who are not in the workspace. */
  strangers: ReadonlySet<string>;
}

type Assigning = { assignee_id?: string | null | undefined };

const NOBODY: ReadonlySet<string> = new Set();

@Injectable()
export class Assignees {
  constructor(@Inject(MembersClient) private readonly members: Pick<MembersClient, 'memberships'>) {}

  /**
   * Runs `work` with what is known of the users that the inputs name. Where there are any, it runs in a transaction, and
   * none of them leaves the workspace here before its end.
   * @throws UnavailableError without auth; MembershipNotClearedError, after which it may run again.
   */
  async assigning<T>(
    on: Executor | TransactionalExecutor,
    context: CallContext,
    inputs: readonly Assigning[],
    work: (on: Executor, context: AssigningContext) => Promise<T>,
  ): Promise<T> {
    const named = new Set(inputs.flatMap(({ assignee_id: id }) => id?.toLowerCase() ?? []));
    if (named.size === 0) return work(on, { ...context, strangers: NOBODY });
    const { workspaceId } = context.principal;
    // Asked before any row is locked.
    const members = await this.members.memberships(workspaceId, [...named]);
    return inTransaction(on, async (transaction) => {
      const left = await memberships.hold(transaction, workspaceId, members);
      const present = new Set(members.flatMap(({ user_id: id }) => (left.has(id) ? [] : id)));
      const strangers = new Set([...named].filter((id) => !present.has(id)));
      return work(transaction, { ...context, strangers });
    });
  }
}

/** An assignee stays until the departure is cleared. @throws InvalidInputError */
export function requireAssignable(
  { strangers }: AssigningContext,
  { assignee_id: id }: Assigning,
  present: string | null = null,
): void {
  if (typeof id !== 'string' || id === present || !strangers.has(id.toLowerCase())) return;
  throw new InvalidInputError([
    { field: 'assignee_id', code: 'not_found', issue: 'must be a member of the workspace' },
  ]);
}

/** Whether somebody who may have left has to do the task again. */
export function reassigns({ row, state }: TaskChange): boolean {
  return state.assignee_id !== null && state.assignee_id === row.assignee_id && !isOpen(row) && isOpen(state);
}

/** In a transaction. A closed task keeps the user who has left as its assignee; reopened, it has none. */
export async function withoutFormerMembers(
  on: Executor,
  { principal }: CallContext,
  changes: readonly TaskChange[],
): Promise<TaskChange[]> {
  const ids = changes.filter(reassigns).flatMap(({ state }) => state.assignee_id ?? []);
  const left = await memberships.ended(on, principal.workspaceId, ids);
  if (left.size === 0) return [...changes];
  return changes.map((change) => {
    if (!reassigns(change) || !left.has(change.state.assignee_id ?? '')) return change;
    const state = { ...change.state, assignee_id: null };
    return { ...change, state, changes: changesBetween(stateOf(change.row), state) };
  });
}
