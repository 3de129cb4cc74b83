// Reads the fields of a template from a component: content, due offset and rule.
import type { TaskPriority } from '@mono/tasks/contract';
import type ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { instantOf, timesOf, type CalendarTime, type Zones } from './calendar-time.js';

export interface ReadContent {
  title: string;
  description: string | null;
  priority: TaskPriority;
  tags: string[];
}

export function contentFieldsOf(component: ICAL.Component): ReadContent {
  const text = (name: string): string => String(component.getFirstPropertyValue(name) ?? '');
  const tags = component
    .getAllProperties('categories')
    .flatMap((property) => property.getValues().map((value) => String(value).trim()))
    .filter((tag) => tag !== '');
  return {
    title: text('summary').trim(),
    description: text('description') === '' ? null : text('description'),
    priority: priorityOf(Number(component.getFirstPropertyValue('priority') ?? 0)),
    tags: [...new Set(tags)],
  };
}

/** RFC 5545, 3.8.1.9: 1 to 4 is high, 5 medium, 6 to 9 low, 0 undefined. */
function priorityOf(number: number): TaskPriority {
  if (number === 1) return 'urgent';
  if (number >= 2 && number <= 4) return 'high';
  return number >= 6 ? 'low' : 'medium';
}

/** @returns ISO 8601; null without a due date or when it is the start. @throws RangeError for an invalid time. */
export function dueOffsetOf(component: ICAL.Component, start: CalendarTime, zones: Zones): string | null {
  // A day that an event lasts is the day on which it is due.
  const lastDay = start.isDay && component.name === 'vevent' ? 1 : 0;
  const given = component.getFirstProperty('duration');
  const end = component.getFirstProperty('dtend') ?? component.getFirstProperty('due');
  if (given) return offsetText(Temporal.Duration.from(String((given.jCal as unknown[])[3])), lastDay);
  const [ends] = end ? timesOf(end, zones) : [];
  return ends ? offsetText(between(start, ends), lastDay) : null;
}

/** In whole days and exact time where both are local, as the rule repeats them; else exact. */
function between(start: CalendarTime, end: CalendarTime): Temporal.Duration {
  if (start.zone === end.zone) {
    const [from, to] = [start, end].map(({ text }) => Temporal.PlainDateTime.from(text.replace(/Z$/, '')));
    if (from && to) return from.until(to, { largestUnit: 'day' });
  }
  const ms = instantOf(end, start.zone ?? 'UTC') - instantOf(start, end.zone ?? 'UTC');
  return Temporal.Duration.from({ seconds: Math.round(ms / 1_000) }).round({ largestUnit: 'hour' });
}

function offsetText(duration: Temporal.Duration, lastDay: number): string | null {
  const offset = lastDay === 0 ? duration : duration.subtract({ days: duration.days > 0 ? lastDay : 0 });
  return offset.blank ? null : offset.toString();
}

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** Parts that the reader does not know are kept, so that the engine refuses them. */
export function rruleText(parts: Record<string, unknown>): string {
  return Object.entries(parts)
    .map(([name, value]) => `${name.toUpperCase()}=${valueText(name, value)}`)
    .join(';');
}

function valueText(name: string, value: unknown): string {
  // Days of the week begin with 1 there.
  if (name === 'wkst' && typeof value === 'number') return DAYS[value - 1] ?? String(value);
  if (name === 'until') return String(value).replaceAll(/[-:]/g, '');
  return [value].flat().join(',');
}
