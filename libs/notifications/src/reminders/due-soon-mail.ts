import type { Executor } from '@mono/platform';
import type { TaskDueSoonReminder } from '../../contract/index.js';
import type { Write } from '../mails/account-mails.js';
import { findStanding } from '../persistence/reminders.js';
import { templates } from '../templates/index.js';

/** Nothing is sent that is not true any more, or to a user who is not in the workspace any more. */
export function dueSoonMail(database: Executor): Write<TaskDueSoonReminder> {
  return async (event, people) => {
    const standing = await findStanding(database, event);
    if (!standing) return undefined;
    const known = await people.member(event.workspace_id, event.user_id);
    if (!known) return undefined;
    const { title, due_on } = standing;
    const due = due_on === null ? { at: event.due_at } : { on: due_on };
    return {
      to: known.address,
      ...templates.task_due_soon({ name: known.name ?? '', title, due, timeZone: known.timezone }),
    };
  };
}
