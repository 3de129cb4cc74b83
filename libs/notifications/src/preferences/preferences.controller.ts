// A user's notification preferences, which only the user reads and updates.
import { Controller, Inject } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { DomainError, VersionConflictError, type CallContext, type InputOf } from '@mono/contract';
import { Database, Operation, outbox, type Executor, type TransactionalExecutor } from '@mono/platform';
import {
  leadMinutesOf,
  leadText,
  notificationsEvents,
  preferencesOperations as operations,
  type NotificationPreferences,
  type NotificationPreferencesPatch,
} from '../../contract/index.js';
import { remindAt } from '../domain/reminder.js';
import { lockDueTasks, saveRemindTimes } from '../persistence/followed-tasks.js';
import {
  findPreferences,
  lockPreferences,
  savePreferences,
  type StoredPreferences,
} from '../persistence/preferences.js';

@Controller()
export class PreferencesController {
  constructor(
    @Inject(Database) private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
  ) {}

  @Operation(operations.getPreferences)
  async getPreferences(_nothing: undefined, context: CallContext): Promise<NotificationPreferences> {
    return shown(await findPreferences(this.database, userOf(context)));
  }

  @Operation(operations.updatePreferences)
  async updatePreferences(
    { patch }: InputOf<typeof operations.updatePreferences>,
    context: CallContext,
  ): Promise<NotificationPreferences> {
    const userId = userOf(context);
    return this.database.transaction(async (on) => {
      await lockPreferences(on, userId, 'exclusive');
      const stored = await findPreferences(on, userId);
      requireVersion(context, stored);
      const changed = patched(stored, patch);
      const changes = changesBetween(shown(stored), shown(changed));
      if (Object.keys(changes).length === 0) return shown(stored);
      const next = { ...changed, version: stored.version + 1 };
      const updated_at = await savePreferences(on, userId, next);
      await rescheduleReminders(on, userId, next);
      await outbox.add(on, notificationsEvents.preferences_updated, {
        aggregate: 'preferences',
        aggregate_id: userId,
        version: next.version,
        occurred_at: updated_at,
        workspace_id: context.principal.workspaceId,
        actor: { kind: 'user', id: userId },
        request_id: context.requestId,
        changes,
      });
      on.afterCommit(() => this.signal.wake());
      return shown({ ...next, updated_at });
    });
  }
}

/** New preferences apply to all pending reminders. */
async function rescheduleReminders(on: Executor, userId: string, preferences: StoredPreferences): Promise<void> {
  const tasks = await lockDueTasks(on, userId);
  const { task_due_soon: wanted, task_due_soon_lead_minutes: lead } = preferences;
  const times = tasks.map((task) => [task.task_id, wanted ? remindAt(task.due_instant, task, lead) : null] as const);
  if (times.length > 0) await saveRemindTimes(on, new Map(times));
}

/** @throws DomainError `forbidden` for an API key or a system. */
function userOf({ principal }: CallContext): string {
  if (principal.kind === 'user') return principal.id;
  throw new DomainError('forbidden', 'forbidden', 'Notification preferences require a signed-in user.');
}

function requireVersion({ expectedVersion }: CallContext, { version }: StoredPreferences): void {
  if (expectedVersion !== undefined && expectedVersion !== version) throw new VersionConflictError(version);
}

function patched(stored: StoredPreferences, patch: NotificationPreferencesPatch): StoredPreferences {
  return {
    ...stored,
    task_due_soon: patch.task_due_soon ?? stored.task_due_soon,
    task_due_soon_lead_minutes: leadMinutesOf(patch.task_due_soon_lead) ?? stored.task_due_soon_lead_minutes,
  };
}

function shown(stored: StoredPreferences): NotificationPreferences {
  const { task_due_soon, task_due_soon_lead_minutes, version, updated_at } = stored;
  return { task_due_soon, task_due_soon_lead: leadText(task_due_soon_lead_minutes), version, updated_at };
}

function changesBetween(from: NotificationPreferences, to: NotificationPreferences) {
  const fields = (['task_due_soon', 'task_due_soon_lead'] as const).filter((field) => from[field] !== to[field]);
  return Object.fromEntries(fields.map((field) => [field, { from: from[field], to: to[field] }]));
}
