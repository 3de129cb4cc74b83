// When only the hour of a rule changes, its occurrences are the same ones: they keep their tasks and what was said of them,
// under a key with the new hour.
import type { Rule } from '../../contract/rule.js';
import type { OccurrenceRow } from './occurrence.js';
import type { Schedule } from './schedule.js';

const SUB_DAILY = /FREQ=(HOURLY|MINUTELY)/i;
const HOUR_PARTS = /;?BY(HOUR|MINUTE|SECOND)=[^;]*/gi;
const UNTIL = /UNTIL=(\d{8})[^;]*/i;

export function onlyTheHourChanges(from: Rule, to: Rule): boolean {
  if (countsHours(from) || countsHours(to)) return false;
  return JSON.stringify(daysOf(from)) === JSON.stringify(daysOf(to));
}

/** @returns its key and start by the new rule; undefined where that day has none or several. */
export function rekeyed(row: OccurrenceRow, schedule: Schedule): { original_start: string; at: string } | undefined {
  const day = row.original_start.slice(0, 10);
  const [only, ...others] = schedule.between(`${day}T00:00:00`, `${dayAfter(day)}T00:00:00`);
  if (!only || others.length > 0) return undefined;
  return { original_start: only.originalStart, at: new Date(only.at).toISOString() };
}

const DAY_MS = 24 * 60 * 60 * 1_000;

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

function countsHours({ pattern, rrule }: Rule): boolean {
  return pattern === 'interval' || SUB_DAILY.test(rrule ?? '');
}

const dayOf = (value: string): string => value.slice(0, 10);

function daysOf(rule: Rule): object {
  const { dtstart, rdate, exdate, until, rrule } = rule;
  const days = Object.assign({}, rule, {
    dtstart: dayOf(dtstart),
    time: null,
    rrule: rrule?.replaceAll(HOUR_PARTS, '').replace(/^;/, '').replace(UNTIL, 'UNTIL=$1') ?? null,
    until: typeof until === 'string' ? dayOf(until) : null,
    rdate: (rdate ?? []).map(dayOf),
    exdate: (exdate ?? []).map(dayOf),
  });
  return Object.fromEntries(
    Object.entries(days)
      .filter(([, value]) => value !== undefined && value !== null)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
