// Keeps up with tasks, as far as reminders need to know them.
import { Controller, Inject } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { onceByInbox } from '@mono/bus/outbox';
import { DomainError } from '@mono/contract';
import { Database, OnEvent, type Executor, type TransactionalExecutor } from '@mono/platform';
import { tasksEvents, tasksOperations, type TaskEvent } from '@mono/tasks/contract';
import { asChange, concerns, follow, isKnown, type FollowedTask, type TaskChange } from '../domain/followed-task.js';
import { dueInstant, remindAt } from '../domain/remind-at.js';
import { findTask, lockTask, saveTask, type Timing } from '../persistence/followed-tasks.js';
import { findPreferences, lockPreferences } from '../persistence/preferences.js';

const CONSUMER = 'notifications-tasks';
const { created, updated, status_changed, completed, deleted } = tasksEvents;

/** The fields of an event that reminders depend on. */
type Followed = Pick<
  TaskEvent,
  'id' | 'event' | 'aggregate_id' | 'version' | 'workspace_id' | 'request_id' | 'changes'
>;

@Controller()
export class TasksConsumer {
  constructor(
    @Inject(Database) private readonly database: TransactionalExecutor,
    @Inject(Bus) private readonly bus: Pick<Bus, 'request'>,
  ) {}

  // Events of one task wait for each other in the database.
  @OnEvent([created, updated, status_changed, completed, deleted], {
    consumer: CONSUMER,
    module: 'notifications',
    key: ({ aggregate_id }) => aggregate_id,
  })
  async follow(event: Followed): Promise<void> {
    if (!concerns(event)) return;
    const { id: eventId, aggregate_id: taskId, workspace_id: workspaceId } = event;
    const whole = await this.wholeOf(event);
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'notifications', consumer: CONSUMER, eventId }, async () => {
        const known = await lockTask(on, taskId, workspaceId);
        const task = [...whole, event].reduce<FollowedTask>(follow, known);
        await saveTask(on, taskId, task, await timingOf(on, task));
      }),
    );
  }

  /** The events of a task that is older than the stream do not name all its fields: it is requested. */
  private async wholeOf({
    event,
    version,
    aggregate_id: id,
    workspace_id,
    request_id,
  }: Followed): Promise<TaskChange[]> {
    if (event === 'created' || event === 'deleted') return [];
    const known = await findTask(this.database, id);
    if (known && isKnown(known)) return [];
    const principal = {
      kind: 'system',
      id: 'notifications',
      workspaceId: workspace_id,
      scopes: ['tasks:read'],
    } as const;
    try {
      return [asChange(await this.bus.request(tasksOperations.getTask, { id }, { principal, requestId: request_id }))];
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'task_not_found') throw error;
      return [{ event: 'deleted', version, changes: {} }];
    }
  }
}

async function timingOf(on: Executor, task: FollowedTask): Promise<Timing> {
  const due = isKnown(task) ? dueInstant(task) : null;
  if (due === null || task.assignee_id === null || Date.parse(due) <= Date.now()) {
    return { dueInstant: due, remindAt: null };
  }
  await lockPreferences(on, task.assignee_id, 'to read');
  const { task_due_soon: wanted, task_due_soon_lead_minutes: lead } = await findPreferences(on, task.assignee_id);
  return { dueInstant: due, remindAt: wanted ? remindAt(due, task, lead) : null };
}
