// Updates a user's preferences, with one event per change.
import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { requireVersion } from '@mono/contract';
import { Database, outbox, type Executor, type TransactionalExecutor } from '@mono/platform';
import {
  leadMinutesOf,
  leadText,
  notificationsEvents,
  OPTIONAL_MAILS,
  type NotificationPreferences,
  type NotificationPreferencesPatch,
} from '../../contract/index.js';
import { remindAt } from '../domain/reminder.js';
import { restartDigest } from '../persistence/digests.js';
import { lockDueTasks, saveRemindTimes } from '../persistence/followed-tasks.js';
import {
  findPreferences,
  lockPreferences,
  savePreferences,
  type StoredPreferences,
} from '../persistence/preferences.js';

export interface Change {
  userId: string;
  /** The workspace in which the user acts. */
  workspaceId: string;
  requestId: string;
  expectedVersion?: number | undefined;
}

@Injectable()
export class Preferences {
  constructor(
    @Inject(Database) private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
  ) {}

  async get(userId: string): Promise<NotificationPreferences> {
    return shown(await findPreferences(this.database, userId));
  }

  /** @throws VersionConflictError */
  update(change: Change, patch: NotificationPreferencesPatch): Promise<NotificationPreferences> {
    const { userId } = change;
    return this.database.transaction(async (on) => {
      await lockPreferences(on, userId, 'exclusive');
      const stored = await findPreferences(on, userId);
      requireVersion(change, stored);
      const changed = patched(stored, patch);
      const changes = changesBetween(shown(stored), shown(changed));
      if (Object.keys(changes).length === 0) return shown(stored);
      const next = { ...changed, version: stored.version + 1 };
      const updated_at = await savePreferences(on, userId, next);
      await rescheduleReminders(on, userId, next);
      if (changes['daily_digest'] || changes['daily_digest_time']) await restartDigest(on, userId);
      await outbox.add(on, notificationsEvents.preferences_updated, {
        aggregate: 'preferences',
        aggregate_id: userId,
        version: next.version,
        occurred_at: updated_at,
        workspace_id: change.workspaceId,
        actor: { kind: 'user', id: userId },
        request_id: change.requestId,
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

function patched(stored: StoredPreferences, patch: NotificationPreferencesPatch): StoredPreferences {
  const { task_due_soon_lead: lead, ...rest } = patch;
  // Absent fields may be present as undefined.
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { ...stored, ...given, task_due_soon_lead_minutes: leadMinutesOf(lead) ?? stored.task_due_soon_lead_minutes };
}

function shown(stored: StoredPreferences): NotificationPreferences {
  const { task_due_soon_lead_minutes: lead, ...rest } = stored;
  return { ...rest, task_due_soon_lead: leadText(lead) };
}

const FIELDS = [...OPTIONAL_MAILS, 'daily_digest_time', 'task_due_soon_lead'] as const;

function changesBetween(from: NotificationPreferences, to: NotificationPreferences) {
  const fields = FIELDS.filter((field) => from[field] !== to[field]);
  return Object.fromEntries(fields.map((field) => [field, { from: from[field], to: to[field] }]));
}
