// Periodic work on reminders: publish due ones, follow changes of zone data, prune.
import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  Database,
  eventMemoryMs,
  NodeInfo,
  outbox,
  Periodically,
  PRUNING_INTERVAL_MS,
  ZONE_CHANGES_FAILURE,
  ZONE_CHANGES_INTERVAL_MS,
  ZoneChanges,
  type ConfigOf,
  type Executor,
  type NewEvent,
  type TransactionalExecutor,
} from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { notificationsEvents, type TaskDueSoonReminder } from '../../contract/index.js';
import { dueInstant, remindAt, reminderId } from '../domain/reminder.js';
import { findZonesInUse, lockTasksOfZone, pruneTasks, updateTiming } from '../persistence/followed-tasks.js';
import { findPreferences } from '../persistence/preferences.js';
import {
  clearRemindTimes,
  insertReminders,
  lockDueReminders,
  pruneReminders,
  type DueReminder,
} from '../persistence/reminders.js';
import { notificationsConfig } from '../settings.js';

const BATCH = 200;

@Injectable()
export class Reminders {
  private readonly zones: ZoneChanges;

  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly node: NodeInfo,
    @Inject(notificationsConfig.KEY) private readonly config: ConfigOf<typeof notificationsConfig>,
    logger: PinoLogger,
  ) {
    this.zones = new ZoneChanges({
      database,
      schema: 'notifications',
      zonesInUse: findZonesInUse,
      move: rescheduleZone,
      onMoved: () => undefined,
      logger,
    });
  }

  @Periodically({
    every: ({ config }: Reminders) => config.REMINDERS_INTERVAL_SECONDS * 1_000,
    failure: 'Failed to scan for due reminders',
  })
  publishDue(): Promise<number> {
    return publishDueReminders(this.database, this.signal);
  }

  @Periodically({ everyMs: ZONE_CHANGES_INTERVAL_MS, atStart: true, failure: ZONE_CHANGES_FAILURE })
  followZoneData(): Promise<void> {
    return this.zones.run();
  }

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune deleted tasks' })
  pruneTasks(): Promise<number> {
    return pruneTasks(this.database, eventMemoryMs(this.node));
  }

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune old reminders' })
  pruneReminders(): Promise<number> {
    return pruneReminders(this.database);
  }
}

/**
 * Publishes one event for each due reminder, batch by batch. The reminder and its event commit together, so that concurrent
 * nodes publish it once.
 * @returns the number of published events.
 */
export async function publishDueReminders(
  database: TransactionalExecutor,
  signal: OutboxSignal,
  batch = BATCH,
): Promise<number> {
  for (let published = 0; ;) {
    const round = await database.transaction(async (on) => {
      const taskIds = await lockDueReminders(on, batch);
      if (taskIds.length === 0) return { locked: 0, published: 0 };
      const reminders = await insertReminders(on, taskIds);
      await clearRemindTimes(on, taskIds);
      await outbox.add(on, notificationsEvents.task_due_soon, ...reminders.map(eventOf));
      on.afterCommit(() => signal.wake());
      return { locked: taskIds.length, published: reminders.length };
    });
    published += round.published;
    if (round.locked < batch) return published;
  }
}

function eventOf({ task_id, workspace_id, user_id, due_instant }: DueReminder): NewEvent<TaskDueSoonReminder> {
  const id = reminderId(task_id, due_instant, user_id);
  return {
    id,
    aggregate: 'reminder',
    aggregate_id: id,
    version: 1,
    workspace_id,
    actor: { kind: 'system', id: 'reminders' },
    request_id: 'reminders',
    changes: {},
    task_id,
    user_id,
    due_at: due_instant,
  };
}

/** Reschedules tasks that are due on a day by the new rules of their zone. @returns the last id of a full page, else undefined. */
async function rescheduleZone(
  on: Executor,
  { zone, after, limit }: { zone: string; after: string | null; limit: number },
): Promise<string | undefined> {
  const tasks = await lockTasksOfZone(on, zone, after, limit);
  for (const { task_id: id, due_instant: previous, remind_at: pending, ...task } of tasks) {
    const due = dueInstant(task);
    if (due === null || task.assignee_id === null || Date.parse(due) === Date.parse(previous)) continue;
    if (Date.parse(due) <= Date.now()) continue;
    if (pending === null) await updateTiming(on, id, { dueInstant: due, remindAt: null });
    else {
      const { task_due_soon_lead_minutes: lead } = await findPreferences(on, task.assignee_id);
      await updateTiming(on, id, { dueInstant: due, remindAt: remindAt(due, task, lead) });
    }
  }
  return tasks.length < limit ? undefined : tasks.at(-1)?.task_id;
}
