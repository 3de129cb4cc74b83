// What this module hears: what happens to tasks; who leaves, and which workspaces go.
import { defineEvent, type Bus } from '@mono/bus';
import type { OutboxSignal } from '@mono/bus/outbox';
import type { MembersClient, UserEvent } from '@mono/auth/contract';
import type { TransactionalExecutor } from '@mono/platform';
import { eraseWorkspace } from '../history/erase-workspace.js';
import { HearTasks, HISTORY_CONSUMER } from '../history/hear-tasks.js';
import { stopForgottenOfLeavers, stopTimersOfLeavers } from './leavers.js';
import { taskEvents, type TaskEvent } from './task-events.js';

const ERASURE_TIMEOUT_MS = 10 * 60 * 1_000;

class AccountDeleted implements Pick<UserEvent, 'workspace_ids'> {
  workspace_ids?: string[];
}

export interface Hearing {
  database: TransactionalExecutor;
  signal: OutboxSignal;
  members: Pick<MembersClient, 'membersAmong'>;
  /** Events of tasks that a node works on at once. */
  concurrency: number;
}

/** To be called before the bus starts. */
export function hearEvents(bus: Bus, { database, signal, members, concurrency }: Hearing): void {
  const tasks = new HearTasks(database, signal);
  bus.onDurableEvent(taskEvents, (body) => tasks.hear(body as TaskEvent), {
    consumer: HISTORY_CONSUMER,
    module: 'time-tracking',
    concurrency,
  });
  stopTimersOfLeavers(bus, { database, signal, members });
  stopForgottenOfLeavers(bus, { database, signal, members });
  const deleted = defineEvent({ module: 'auth', name: 'account_deleted', event: AccountDeleted });
  bus.onDurableEvent(
    [deleted],
    async (body) => {
      for (const id of (body as AccountDeleted).workspace_ids ?? []) await eraseWorkspace(database, id);
    },
    { consumer: 'time-tracking-accounts', module: 'time-tracking', concurrency: 1, timeoutMs: ERASURE_TIMEOUT_MS },
  );
}
