// The mails about due tasks and forgotten timers. Each is sent only if its event still holds and the user is still a member of
// the workspace.
import type { Bus } from '@mono/bus';
import { clientOf, DomainError } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { entriesOperations, type TimerForgotten } from '@mono/time-tracking/contract';
import type { TaskDueSoonReminder } from '../../contract/index.js';
import { findCurrentReminder } from '../persistence/reminders.js';
import { templates } from '../templates/index.js';
import type { Write } from './account-mails.js';

export type DueSoonFacts = Pick<TaskDueSoonReminder, 'workspace_id' | 'task_id' | 'user_id' | 'due_at'>;
export type TimerFacts = Pick<TimerForgotten, 'aggregate_id' | 'workspace_id' | 'request_id' | 'user_id' | 'timer'>;

export function dueSoonMail(database: Executor): Write<DueSoonFacts> {
  return async (event, people) => {
    const reminder = await findCurrentReminder(database, event);
    if (!reminder) return undefined;
    const member = await people.member(event.workspace_id, event.user_id);
    if (!member) return undefined;
    const { title, due_on } = reminder;
    const due = due_on === null ? { at: event.due_at } : { on: due_on };
    const content = templates.task_due_soon({ name: member.name ?? '', title, due, timeZone: member.timezone });
    return { to: member.address, ...content };
  };
}

export function timerForgottenMail(bus: Pick<Bus, 'request'>): Write<TimerFacts> {
  return async (event, people) => {
    if (!(await stillRuns(bus, event))) return undefined;
    const member = await people.member(event.workspace_id, event.user_id);
    if (!member) return undefined;
    const { started_at: since, task_title: title } = event.timer;
    const content = templates.timer_forgotten({ name: member.name ?? '', since, title, timeZone: member.timezone });
    return { to: member.address, ...content };
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
