import type { Bus } from '@mono/bus';
import { clientOf, DomainError } from '@mono/contract';
import { entriesOperations, type TimerForgotten } from '@mono/time-tracking/contract';
import type { Write } from '../mails/account-mails.js';
import { templates } from '../templates/index.js';

/** The fields of the event that the mail uses. */
export type ForgottenTimer = Pick<
  TimerForgotten,
  'id' | 'event' | 'aggregate_id' | 'workspace_id' | 'request_id' | 'user_id' | 'timer'
>;

/** Nothing is sent that is not true any more, or to a user who is not in the workspace any more. */
export function timerForgottenMail(bus: Pick<Bus, 'request'>): Write<ForgottenTimer> {
  return async (event, people) => {
    if (!(await stillRuns(bus, event))) return undefined;
    const known = await people.member(event.workspace_id, event.user_id);
    if (!known) return undefined;
    const { started_at: since, task_title: title } = event.timer;
    const data = { name: known.name ?? '', since, title, timeZone: known.timezone };
    return { to: known.address, ...templates.timer_forgotten(data) };
  };
}

/** Since then: one that is said to have begun at another time is told of anew. */
async function stillRuns(bus: Pick<Bus, 'request'>, event: ForgottenTimer): Promise<boolean> {
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
