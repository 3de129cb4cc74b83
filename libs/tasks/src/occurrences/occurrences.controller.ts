// The operations that recurrence calls.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, InputOf, ModuleContext } from '@mono/contract';
import { Operation, RetryingDatabase, type Executor } from '@mono/platform';
import {
  occurrencesOperations,
  principalOf,
  type InboxList,
  type Materialised,
  type OccurrenceContent,
  type OccurrencesCaller,
  type Revised,
} from '../../contract/index.js';
import { Inbox } from '../lists/inbox.js';
import { inTransaction } from '../persistence/in-transaction.js';
import { Assignees, type AssigningContext } from '../tasks/assignees.js';
import { FormerMembers } from '../tasks/former-members.js';
import { materialise } from './materialise.js';
import { requireSound } from './occurrence-content.js';
import { revise } from './revise.js';

@Controller()
export class OccurrencesController {
  constructor(
    private readonly writes: RetryingDatabase,
    private readonly signal: OutboxSignal,
    private readonly assignees: Assignees,
    private readonly formerMembers: FormerMembers,
    private readonly inboxes: Inbox,
  ) {}

  @Operation(occurrencesOperations.materialiseOccurrences)
  async materialise(
    { caller, input }: InputOf<typeof occurrencesOperations.materialiseOccurrences>,
    call: ModuleContext,
  ): Promise<Materialised> {
    const { occurrences } = input;
    requireSound(
      occurrences.map((occurrence) => ({ task_id: occurrence.task_id, content: occurrence })),
      'occurrences',
      '',
    );
    const context = contextOf(caller, call);
    const done = await this.write(context, occurrences.flatMap(assigningOf), (on, assigning) =>
      materialise(on, assigning, input),
    );
    this.signal.wake();
    return done;
  }

  @Operation(occurrencesOperations.reviseOccurrences)
  async revise(
    { caller, input }: InputOf<typeof occurrencesOperations.reviseOccurrences>,
    call: ModuleContext,
  ): Promise<Revised> {
    requireSound(input.revisions, 'revisions', 'content.');
    const contents = input.revisions.flatMap(({ content }) => (content ? assigningOf(content) : []));
    const done = await this.write(contextOf(caller, call), contents, (on, assigning) => revise(on, assigning, input));
    this.signal.wake();
    return done;
  }

  @Operation(occurrencesOperations.inbox)
  async inbox({ caller }: InputOf<typeof occurrencesOperations.inbox>, call: ModuleContext): Promise<InboxList> {
    const inbox = { list_id: await this.inboxes.idOf(this.writes, contextOf(caller, call)) };
    this.signal.wake();
    return inbox;
  }

  private write<T>(
    context: CallContext,
    named: readonly { assignee_id?: string | null }[],
    work: (on: Executor, assigning: AssigningContext) => Promise<T>,
  ): Promise<T> {
    return this.formerMembers.settled(context.requestId, () =>
      this.assignees.assigning(this.writes, context, named, (on, assigning) =>
        inTransaction(on, (transaction) => work(transaction, assigning)),
      ),
    );
  }
}

type Assigning = Pick<OccurrenceContent, 'assignee_id'>;

/** The task and its subtasks. */
function assigningOf(content: OccurrenceContent): Assigning[] {
  return [content, ...(content.subtasks ?? [])];
}

/** The bus says which module calls, the request on whose behalf. */
function contextOf(caller: OccurrencesCaller, { requestId, deadline }: ModuleContext): CallContext {
  return { principal: principalOf(caller), requestId, deadline };
}
