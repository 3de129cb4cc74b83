// Follows tasks as far as reminders depend on them.
import { Controller, Inject } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { onceByInbox } from '@mono/bus/outbox';
import { DomainError } from '@mono/contract';
import { Database, OnEvent, type Executor, type TransactionalExecutor } from '@mono/platform';
import { tasksEvents, tasksOperations, type TaskEvent } from '@mono/tasks/contract';
import {
  applyChange,
  isComplete,
  isRelevant,
  setsAll,
  snapshotOf,
  type FollowedTask,
  type TaskChange,
} from '../domain/followed-task.js';
import { dueInstant, remindAt } from '../domain/reminder.js';
import { ensureDigest } from '../persistence/digests.js';
import { findTask, lockTask, saveTask, type Timing } from '../persistence/followed-tasks.js';
import { findPreferences, lockPreferences } from '../persistence/preferences.js';

const CONSUMER = 'notifications-tasks';
const RESTORED = 'notifications-tasks-restored';
const { created, updated, status_changed, completed, deleted, restored } = tasksEvents;

export type FollowedEvent = Pick<
  TaskEvent,
  'id' | 'event' | 'aggregate_id' | 'version' | 'workspace_id' | 'request_id' | 'changes'
>;

@Controller()
export class TasksConsumer {
  constructor(
    @Inject(Database) private readonly database: TransactionalExecutor,
    @Inject(Bus) private readonly bus: Pick<Bus, 'request'>,
  ) {}

  // The key serialises the events of a task, which would wait for its row otherwise.
  @OnEvent([created, updated, status_changed, completed, deleted], {
    consumer: CONSUMER,
    module: 'notifications',
    key: ({ aggregate_id }) => aggregate_id,
  })
  async follow(event: FollowedEvent): Promise<void> {
    await this.apply(CONSUMER, event);
  }

  // A consumer of its own: nodes of the previous release would acknowledge the event without effect.
  @OnEvent(restored, { consumer: RESTORED, module: 'notifications', key: ({ aggregate_id }) => aggregate_id })
  async followRestored(event: FollowedEvent): Promise<void> {
    await this.apply(RESTORED, event);
  }

  private async apply(consumer: string, event: FollowedEvent): Promise<void> {
    if (!isRelevant(event)) return;
    const { id: eventId, aggregate_id: taskId, workspace_id: workspaceId } = event;
    const snapshot = await this.missingSnapshot(event);
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'notifications', consumer, eventId }, async () => {
        const known = await lockTask(on, taskId, workspaceId);
        const task = [...snapshot, event].reduce<FollowedTask>(applyChange, known);
        const timing = await timingOf(on, task);
        await saveTask(on, taskId, task, timing);
        if (timing.dueInstant !== null && task.assignee_id !== null) await ensureDigest(on, task.assignee_id);
      }),
    );
  }

  /** Requests a task that was created before the stream begins: its later events do not name all fields. */
  private async missingSnapshot(event: FollowedEvent): Promise<TaskChange[]> {
    const { version, aggregate_id: id, workspace_id: workspaceId, request_id: requestId } = event;
    if (setsAll(event.event)) return [];
    const known = await findTask(this.database, id);
    if (known && isComplete(known)) return [];
    const principal = { kind: 'system', id: 'notifications', workspaceId, scopes: ['tasks:read'] } as const;
    try {
      return [snapshotOf(await this.bus.request(tasksOperations.getTask, { id }, { principal, requestId }))];
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'task_not_found') throw error;
      return [{ event: 'deleted', version, changes: {} }];
    }
  }
}

async function timingOf(on: Executor, task: FollowedTask): Promise<Timing> {
  const due = isComplete(task) ? dueInstant(task) : null;
  if (due === null || task.assignee_id === null || Date.parse(due) <= Date.now()) {
    return { dueInstant: due, remindAt: null };
  }
  await lockPreferences(on, task.assignee_id, 'shared');
  const { task_due_soon: wanted, task_due_soon_lead_minutes: lead } = await findPreferences(on, task.assignee_id);
  return { dueInstant: due, remindAt: wanted ? remindAt(due, task, lead) : null };
}
