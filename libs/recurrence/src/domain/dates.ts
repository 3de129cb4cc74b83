// The dates of a template: its rule's, within the part of the series that is its own.
import { instantOfWallTime } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';
import type { TemplateState } from './template-state.js';
import { Schedule, type OccurrenceDate } from './schedule.js';

const TWO_DAYS_MS = 2 * 24 * 60 * 60 * 1_000;
/** The fields that determine the dates of a template. */
export type Recurring = Pick<TemplateState, 'rule' | 'zone' | 'starts_from' | 'ends_before'>;

export function scheduleOf({ rule, zone }: Pick<TemplateState, 'rule' | 'zone'>): Schedule {
  return Schedule.stored(rule, zone);
}

/** A key that lies before every occurrence that starts at that instant or later, in any zone. */
export function keyBefore(instantMs: number): string {
  return new Date(Math.min(Math.max(instantMs - TWO_DAYS_MS, MIN_MS), MAX_MS)).toISOString().slice(0, 19);
}

const MIN_MS = Date.parse('0001-01-01T00:00:00Z');
const MAX_MS = Date.parse('9999-12-31T23:59:59Z');

/** In the order of their keys, from `from` (inclusive) on. */
export function datesFrom(template: Recurring, from: string): Iterable<OccurrenceDate> {
  const first = template.starts_from !== null && template.starts_from > from ? template.starts_from : from;
  return scheduleOf(template).between(first, template.ends_before ?? undefined);
}

/** undefined where the template has no such occurrence. */
export function dateAt(template: Recurring, schedule: Schedule, originalStart: string): OccurrenceDate | undefined {
  const { starts_from: from, ends_before: before, zone } = template;
  const date = schedule.at(originalStart);
  if (!date || (from !== null && isBefore(date, from, zone))) return undefined;
  return before === null || isBefore(date, before, zone) ? date : undefined;
}

/** A bound may come from a rule of the other kind: local, or of elapsed time. Then instants decide, as they do in between. */
function isBefore({ originalStart, at }: OccurrenceDate, bound: string, zone: string): boolean {
  if (originalStart.endsWith('Z') === bound.endsWith('Z')) return originalStart < bound;
  if (bound.endsWith('Z')) return at < Date.parse(bound);
  return at < instantOfWallTime(zone, Temporal.PlainDateTime.from(bound));
}
