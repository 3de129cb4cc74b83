// When people are reminded of what is due on a day depends on the rules of its zone: new zone data counts it anew.
import type { Executor } from '@mono/platform';
import { dueInstant, remindAt } from '../domain/remind-at.js';
import { lockTasksOfZone, retimeTask } from '../persistence/followed-tasks.js';
import { findPreferences } from '../persistence/preferences.js';

export async function reminderZones(on: Executor): Promise<string[]> {
  const rows = await on.query<{ timezone: string }>(
    `SELECT DISTINCT timezone FROM notifications.task
     WHERE due_on IS NOT NULL AND timezone IS NOT NULL AND due_instant > now() - interval '2 days'`,
  );
  return rows.map(({ timezone }) => timezone);
}

/** In a transaction. @returns the last id of a whole page; undefined where no more follow. */
export async function retimeZone(
  on: Executor,
  { zone, after, limit }: { zone: string; after: string | null; limit: number },
): Promise<string | undefined> {
  const tasks = await lockTasksOfZone(on, zone, after, limit);
  for (const { task_id: id, due_instant: was, remind_at: reminds, ...task } of tasks) {
    const due = dueInstant(task);
    if (due === null || task.assignee_id === null || Date.parse(due) === Date.parse(was)) continue;
    if (Date.parse(due) <= Date.now()) continue;
    // Told already, or not to be told.
    if (reminds === null) await retimeTask(on, id, { dueInstant: due, remindAt: null });
    else {
      const { task_due_soon_lead_minutes: lead } = await findPreferences(on, task.assignee_id);
      await retimeTask(on, id, { dueInstant: due, remindAt: remindAt(due, task, lead) });
    }
  }
  return tasks.length < limit ? undefined : tasks.at(-1)?.task_id;
}
