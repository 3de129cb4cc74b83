// The mails about due tasks and forgotten timers. Each is sent only if its event still holds, the user still wants it and is still
// a member of the workspace.
import type { Bus } from '@mono/bus';
import { clientOf, DomainError } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { entriesOperations, type TimerForgotten } from '@mono/time-tracking/contract';
import type { TaskDueSoonReminder } from '../../contract/index.js';
import { findPreferences } from '../persistence/preferences.js';
import { findCurrentReminder } from '../persistence/reminders.js';
import { templates } from '../templates/index.js';
import type { UnsubscribeLinks } from '../unsubscribe/unsubscribe-links.js';
import type { Write } from './account-mails.js';
import { findListTitles, findTasks } from './lists.js';

export type DueSoonFacts = Pick<TaskDueSoonReminder, 'workspace_id' | 'request_id' | 'task_id' | 'user_id' | 'due_at'>;
export type TimerFacts = Pick<TimerForgotten, 'aggregate_id' | 'workspace_id' | 'request_id' | 'user_id' | 'timer'>;

/** The sources of mails that a user may turn off. */
export interface Sources {
  database: Executor;
  bus: Pick<Bus, 'request'>;
  links: Pick<UnsubscribeLinks, 'linkTo'>;
}

export function dueSoonMail({ database, bus, links }: Sources): Write<DueSoonFacts> {
  return async (event, people) => {
    const { workspace_id: workspaceId, request_id: requestId, task_id: taskId, user_id: userId } = event;
    const reminder = await findCurrentReminder(database, event);
    if (!reminder) return undefined;
    const member = await people.member(workspaceId, userId);
    if (!member) return undefined;
    const { title, due_on } = reminder;
    const tasks = await findTasks(bus, workspaceId, [taskId], { requestId });
    const [list = ''] = (await findListTitles(bus, workspaceId, tasks.values(), { requestId })).values();
    const unsubscribe = await links.linkTo({ userId, workspaceId, kind: 'task_due_soon' });
    const content = templates.task_due_soon({
      name: member.name ?? '',
      title,
      list,
      due: due_on === null ? { at: event.due_at } : { on: due_on },
      timeZone: member.timezone,
      unsubscribe,
    });
    return { to: member.address, unsubscribe, ...content };
  };
}

export function timerForgottenMail({ database, bus, links }: Sources): Write<TimerFacts> {
  return async (event, people) => {
    const { workspace_id: workspaceId, user_id: userId } = event;
    if (!(await findPreferences(database, userId)).timer_forgotten) return undefined;
    if (!(await stillRuns(bus, event))) return undefined;
    const member = await people.member(workspaceId, userId);
    if (!member) return undefined;
    const { started_at: since, task_title: title } = event.timer;
    const unsubscribe = await links.linkTo({ userId, workspaceId, kind: 'timer_forgotten' });
    const data = { name: member.name ?? '', since, title, timeZone: member.timezone, unsubscribe };
    return { to: member.address, unsubscribe, ...templates.timer_forgotten(data) };
  };
}

/** A timer whose start was edited gets an event of its own, so this one no longer holds. */
async function stillRuns(bus: Pick<Bus, 'request'>, event: TimerFacts): Promise<boolean> {
  const { aggregate_id: id, workspace_id: workspaceId, request_id: requestId, timer } = event;
  const principal = { kind: 'system', id: 'notifications', workspaceId, scopes: ['time:read'] } as const;
  try {
    const entry = await clientOf(bus, entriesOperations).getEntry({ id }, { principal, requestId });
    return entry.ended_at === null && entry.started_at === timer.started_at;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'entry_not_found') return false;
    throw error;
  }
}
