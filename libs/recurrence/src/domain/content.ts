// The content of an occurrence's task: that of the template at the occurrence's time, overridden by the exception.
import { instantOfWallTime, startOfDayIn, wallTimeAt } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';
import type { OccurrenceFields } from '../../contract/occurrence.js';
import type { TaskContent, TaskSubtask } from './task.js';
import type { TemplateState } from './template-state.js';

/** Fields that an exception overrides. Changes of the task itself may override more than the API of exceptions. */
export type ExceptionFields = Partial<TaskContent>;

export interface Dated {
  original_start: string;
  /** By the rule: RFC 3339, UTC. */
  at: string;
  moved_to: string | null;
  fields: ExceptionFields | null;
}

type Timing = Pick<TaskContent, 'due_at' | 'due_on' | 'starts_on' | 'timezone'>;
type Timed = Pick<TemplateState, 'rule' | 'zone' | 'due_offset'>;

export function contentOf(template: TemplateState, occurrence: Dated): TaskContent {
  return {
    list_id: template.list_id,
    title: template.title,
    description: template.description,
    priority: template.priority,
    tags: template.tags,
    assignee_id: template.assignee_id,
    estimated_duration: template.estimated_duration,
    ...timingOf(template, occurrence),
    ...occurrence.fields,
  };
}

/** The subtasks of an occurrence's task; undefined if its template has never had any. */
export function subtasksOf(template: TemplateState, occurrence: Dated): TaskSubtask[] | undefined {
  return template.subtasks?.map(({ due_offset: offset, ...fields }) => ({
    ...fields,
    ...(offset === null ? NOT_DUE : dueAfter(template, occurrence, offset)),
  }));
}

const NOT_DUE: Omit<Timing, 'starts_on'> = { due_at: null, due_on: null, timezone: null };

/** Without the due date, which then follows the start again. */
export function withoutDue(fields: ExceptionFields | null): ExceptionFields | null {
  if (fields === null) return null;
  const { due_at: _at, due_on: _on, starts_on: _start, timezone: _zone, ...rest } = fields;
  return Object.keys(rest).length === 0 ? null : rest;
}

/** The fields of an exception that the API shows. */
export function shownFields(fields: ExceptionFields | null): OccurrenceFields {
  const { list_id, title, description, priority, tags, assignee_id, estimated_duration } = fields ?? {};
  const shown = { list_id, title, description, priority, tags, assignee_id, estimated_duration };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}

/** When it starts, moved or not: RFC 3339, UTC. */
export function startOf({ at, moved_to: movedTo }: Pick<Dated, 'at' | 'moved_to'>): string {
  return movedTo ?? at;
}

/** Whether the rule has days without times. */
export function isAllDay({ rule }: Pick<TemplateState, 'rule'>): boolean {
  return !rule.dtstart.includes('T') && (rule.time === undefined || rule.time === null);
}

function timingOf(template: Timed, occurrence: Dated): Timing {
  return { ...dueAfter(template, occurrence, template.due_offset), starts_on: dayOf(template.zone, occurrence) };
}

/** @param offset from the start; null: at the start. */
function dueAfter(
  { rule, zone }: Pick<Timed, 'rule' | 'zone'>,
  occurrence: Dated,
  offset: string | null,
): Omit<Timing, 'starts_on'> {
  if (isAllDay({ rule })) {
    const day = dayOf(zone, occurrence);
    const due = offset === null ? day : Temporal.PlainDate.from(day).add(wholeDays(offset)).toString();
    return { due_at: null, due_on: due, timezone: zone };
  }
  const start = startOf(occurrence);
  return { due_at: offset === null ? start : shifted(start, offset, zone, 'add'), due_on: null, timezone: zone };
}

/** The start of the occurrence whose task is due at that time. */
export function startDueAt({ zone, due_offset: offset }: Timed, dueAt: string): string {
  return offset === null ? dueAt : shifted(dueAt, offset, zone, 'subtract');
}

/** By the calendar of the zone: RFC 5545, 3.3.6: days are nominal, hours exact. */
function shifted(instant: string, duration: string, zone: string, way: 'add' | 'subtract'): string {
  const { years, months, weeks, days, ...exact } = partsOf(duration, way);
  const atMs = Date.parse(instant);
  const isNominal = years !== 0 || months !== 0 || weeks !== 0 || days !== 0;
  const dayMs = isNominal ? instantOfWallTime(zone, wallTimeAt(zone, atMs).add({ years, months, weeks, days })) : atMs;
  return new Date(dayMs + Temporal.Duration.from(exact).total('milliseconds')).toISOString();
}

function partsOf(text: string, way: 'add' | 'subtract') {
  const duration = Temporal.Duration.from(text);
  const { years, months, weeks, days, hours, minutes, seconds, milliseconds } =
    way === 'add' ? duration : duration.negated();
  return { years, months, weeks, days, hours, minutes, seconds, milliseconds };
}

function dayOf(zone: string, { original_start: originalStart, moved_to: movedTo, at }: Dated): string {
  if (movedTo === null && !originalStart.endsWith('Z')) return originalStart.slice(0, 10);
  return wallTimeAt(zone, Date.parse(movedTo ?? at))
    .toPlainDate()
    .toString();
}

function wholeDays(duration: string): Temporal.Duration {
  const { years, months, weeks, days, hours } = Temporal.Duration.from(duration);
  return Temporal.Duration.from({ years, months, weeks, days: days + Math.trunc(hours / 24) });
}

/** The start of the all-day occurrence whose task is due on that day. */
export function startDueOn({ zone, due_offset: offset }: Timed, dueOn: string): string {
  const day = Temporal.PlainDate.from(dueOn);
  const start = offset === null ? day : day.subtract(wholeDays(offset));
  return new Date(startOfDayIn(zone, start)).toISOString();
}
