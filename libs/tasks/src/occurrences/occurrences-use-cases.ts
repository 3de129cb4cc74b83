// What recurrence asks of this module, as it runs here.
import type { MembersApi } from '@mono/auth/contract';
import type { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import type { Executor, TransactionalExecutor } from '@mono/platform';
import {
  OccurrencesApi,
  type InboxList,
  type Materialise,
  type Materialised,
  type Revise,
  type Revised,
} from '../../contract/index.js';
import { Inbox } from '../lists/inbox.js';
import { inTransaction } from '../persistence/in-transaction.js';
import { retryDeadlocks } from '../persistence/retry-deadlocks.js';
import { Assignees, type AssigningContext } from '../tasks/assignees.js';
import { leaversOf, type Leavers } from '../tasks/unassign-leavers.js';
import { materialise } from './materialise.js';
import { demandSound } from './occurrence-content.js';
import { revise } from './revise.js';

export class OccurrencesUseCases extends OccurrencesApi {
  private readonly writes: TransactionalExecutor;
  private readonly assignees: Assignees;
  private readonly leavers: Leavers;
  private readonly inboxes = new Inbox();

  constructor(
    database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
    members: Pick<MembersApi, 'memberships'>,
  ) {
    super();
    this.leavers = leaversOf(database, signal, members);
    this.writes = retryDeadlocks(database);
    this.assignees = new Assignees(members);
  }

  async materialise(context: CallContext, input: Materialise): Promise<Materialised> {
    const { occurrences } = input;
    demandSound(
      occurrences.map((occurrence) => ({ task_id: occurrence.task_id, content: occurrence })),
      'occurrences',
      '',
    );
    const done = await this.write(context, occurrences, (on, assigning) => materialise(on, assigning, input));
    this.signal.wake();
    return done;
  }

  async revise(context: CallContext, input: Revise): Promise<Revised> {
    demandSound(input.revisions, 'revisions', 'content.');
    const contents = input.revisions.map(({ content }) => content ?? {});
    const done = await this.write(context, contents, (on, assigning) => revise(on, assigning, input));
    this.signal.wake();
    return done;
  }

  async inbox(context: CallContext): Promise<InboxList> {
    const inbox = { list_id: await this.inboxes.idOf(this.writes, context) };
    this.signal.wake();
    return inbox;
  }

  private write<T>(
    context: CallContext,
    named: readonly { assignee_id?: string | null }[],
    work: (on: Executor, assigning: AssigningContext) => Promise<T>,
  ): Promise<T> {
    return this.leavers.settled(context.requestId, () =>
      this.assignees.assigning(this.writes, context, named, (on, assigning) =>
        inTransaction(on, (transaction) => work(transaction, assigning)),
      ),
    );
  }
}
