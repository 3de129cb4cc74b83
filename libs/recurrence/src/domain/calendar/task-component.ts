// A one-off task as a component of a calendar: a to-do that is due, or an event at that time.
import type { CalendarComponent } from '../../../contract/calendar.js';
import type { TaskStatus } from '../task.js';
import { contentLines, wrapped, type CalendarItem, type TodoStatus } from './component.js';
import { formOf, instantLine, startAt, timesLine, type TimeForm } from './date-time.js';

/** One of `due_at` and `due_on` is set. */
export interface DatedTask extends Omit<CalendarItem, 'form' | 'start'> {
  status: TaskStatus;
  due_at: string | null;
  due_on: string | null;
  timezone: string | null;
  completed_at: string | null;
}

/** Its component begins when the task is due. */
export interface CalendarTask extends CalendarItem {
  status: TaskStatus;
  completed_at: string | null;
}

export function calendarTask(task: DatedTask): CalendarTask {
  const { due_at: dueAt, due_on: dueOn, timezone, ...facts } = task;
  if (dueAt === null) return { ...facts, form: { kind: 'day' }, start: `${dueOn ?? ''}T00:00:00` };
  const zone = timezone ?? 'UTC';
  const form: TimeForm = formOf(zone);
  return { ...facts, form, start: startAt(form, zone, Date.parse(dueAt)) };
}

export function taskLines(task: CalendarTask, component: CalendarComponent): string[] {
  const { form, start, status, completed_at: completedAt } = task;
  const due = timesLine(component === 'vevent' ? 'DTSTART' : 'DUE', form, [start]);
  const isDone = component === 'vtodo' && status === 'done';
  const completed = isDone && completedAt !== null ? [instantLine('COMPLETED', completedAt)] : [];
  return wrapped(task, component, [due, ...contentLines(task), ...completed], STATUSES[status]);
}

const STATUSES: Partial<Record<TaskStatus, TodoStatus>> = { in_progress: 'IN-PROCESS', done: 'COMPLETED' };
