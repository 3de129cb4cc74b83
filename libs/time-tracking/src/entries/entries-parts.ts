import type { OutboxSignal } from '@mono/bus/outbox';
import type { MembersApi } from '@mono/auth/contract';
import type { TransactionalExecutor } from '@mono/platform';
import type { TasksClient } from '@mono/tasks/contract';

/** What the use cases of entries need. */
export interface EntriesParts {
  database: TransactionalExecutor;
  signal: OutboxSignal;
  tasks: Pick<TasksClient, 'getTask'>;
  members: Pick<MembersApi, 'membersAmong'>;
}
